extension AttributeList {
    /// Deeper values than this are written as the text `…`.
    static let maximumDepth = 32
}

/// Documents, spread over attributes `document.key` and `document.INDEX` as HoneyHive's clients do, and without what they hold
/// of secrets.
///
/// Null is skipped and keeps its index, empty containers give nothing, scalars keep their type.
package struct Flattening {
    package private(set) var entries: [AttributeList.Entry] = []
    private let redaction: Redaction?
    /// The names on the way to a value; kept only for a rule that asks for them.
    private var path: [String] = []

    /// - Parameter redaction: What is masked; nil masks nothing.
    package init(redaction: Redaction?) {
        self.redaction = redaction
    }

    package mutating func append(_ members: [String: AttributeValue], to document: HoneyHiveField.Document) {
        // Those and two more: an error, and the type of a span.
        if entries.isEmpty { entries.reserveCapacity(members.count + 2) }
        append(members, under: "", of: document, depth: 0)
    }

    private mutating func append(
        _ value: AttributeValue,
        under name: String,
        of document: HoneyHiveField.Document,
        depth: Int
    ) {
        switch value {
        case .null: return
        case .string, .int, .double, .bool: appendScalar(value, under: name, of: document, depth: depth)
        case _ where depth >= AttributeList.maximumDepth:
            entries.append(.init(AttributeKey(name, in: document), .string("…")))
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                let step = String(index)
                within(step) { $0.append(element, under: "\(name).\(step)", of: document, depth: depth + 1) }
            }
        case .dictionary(let members): append(members, under: "\(name).", of: document, depth: depth)
        }
    }

    /// - Parameters:
    ///   - members: What is spread.
    ///   - prefix: What stands before the members' names: nothing, or a name and a dot.
    ///   - document: What they are part of.
    ///   - depth: How deep the members' dictionary stands.
    private mutating func append(
        _ members: [String: AttributeValue],
        under prefix: String,
        of document: HoneyHiveField.Document,
        depth: Int
    ) {
        // A dictionary has no order of its own; sorted keys make the same span the same bytes.
        let members = members.count > 1 ? members.sorted(by: { $0.key < $1.key }) : Array(members)
        for index in members.indices {
            let (step, value) = members[index]
            let name = prefix.isEmpty ? step : prefix + step
            if let redaction, value != .null, redaction.hides(step) {
                entries.append(.init(AttributeKey(name, in: document), .string(Redaction.mask)))
            } else {
                within(step) { $0.append(value, under: name, of: document, depth: depth + 1) }
            }
        }
    }

    private mutating func appendScalar(
        _ value: AttributeValue,
        under name: String,
        of document: HoneyHiveField.Document,
        depth: Int
    ) {
        guard let rule = redaction?.rule else {
            return entries.append(.init(AttributeKey(name, in: document), value))
        }
        // What a rule puts in the value's place is its own business.
        var replacement = Flattening(redaction: nil)
        replacement.append(rule(path, value), under: name, of: document, depth: depth)
        entries += replacement.entries
    }

    private mutating func within(_ name: String, _ body: (inout Flattening) -> Void) {
        guard redaction?.rule != nil else { return body(&self) }
        path.append(name)
        body(&self)
        path.removeLast()
    }
}
