extension AttributeList {
    /// Deeper values than this are written as the text `…`.
    static let maximumDepth = 32

    /// Spreads a value over `prefix.key` and `prefix.INDEX`, as HoneyHive's clients do: null is skipped and keeps its
    /// index, empty containers give nothing, scalars keep their type.
    package mutating func setFlattened(_ prefix: String, to value: AttributeValue) {
        var flattening = Flattening(redaction: nil)
        flattening.append(value, under: prefix)
        set(flattening.entries)
    }

    /// Sets each of some attributes.
    mutating func set(_ entries: [Entry]) {
        for entry in entries { set(entry.key, to: entry.value) }
    }
}

/// Documents, spread over attributes, and without what they hold of secrets.
struct Flattening {
    private(set) var entries: [AttributeList.Entry] = []
    private let redaction: Redaction?
    /// The names on the way to a value; kept only for a rule that asks for them.
    private var path: [String] = []

    init(redaction: Redaction?) {
        self.redaction = redaction
    }

    mutating func append(_ members: [String: AttributeValue], under prefix: String) {
        append(members, under: prefix, depth: 0)
    }

    mutating func append(_ value: AttributeValue, under prefix: String) {
        append(value, under: prefix, depth: 0)
    }

    private mutating func append(_ value: AttributeValue, under key: String, depth: Int) {
        switch value {
        case .null: return
        case .string, .int, .double, .bool: appendScalar(value, under: key, depth: depth)
        case _ where depth >= AttributeList.maximumDepth: entries.append(.init(key: key, value: .string("…")))
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                let name = String(index)
                within(name) { $0.append(element, under: "\(key).\(name)", depth: depth + 1) }
            }
        case .dictionary(let members): append(members, under: key, depth: depth)
        }
    }

    private mutating func append(_ members: [String: AttributeValue], under prefix: String, depth: Int) {
        let prefix = prefix + "."
        // A dictionary has no order of its own; sorted keys make the same span the same bytes.
        for (name, value) in members.count > 1 ? members.sorted(by: { $0.key < $1.key }) : Array(members) {
            if let redaction, value != .null, redaction.hides(name) {
                entries.append(.init(key: prefix + name, value: .string(Redaction.mask)))
            } else {
                within(name) { $0.append(value, under: prefix + name, depth: depth + 1) }
            }
        }
    }

    private mutating func appendScalar(_ value: AttributeValue, under key: String, depth: Int) {
        guard let rule = redaction?.rule else { return entries.append(.init(key: key, value: value)) }
        // What a rule puts in the value's place is its own business.
        var replacement = Flattening(redaction: nil)
        replacement.append(rule(path, value), under: key, depth: depth)
        entries += replacement.entries
    }

    private mutating func within(_ name: String, _ body: (inout Flattening) -> Void) {
        guard redaction?.rule != nil else { return body(&self) }
        path.append(name)
        body(&self)
        path.removeLast()
    }
}
