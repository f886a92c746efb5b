internal import WireText

extension AttributeList {
    /// The nesting depth from which values are replaced by the text `…`.
    static let maximumDepth = 32
}

/// Flattens field groups into attributes `group.key` and `group.INDEX`, as HoneyHive's clients do.
///
/// Null values are skipped but keep their index, empty containers produce nothing, scalars keep their type.
package struct Flattening {
    package private(set) var entries: [AttributeList.Entry] = []
    /// False if two entries may have the same key: one of a nested value, and one whose own name contains a dot.
    package private(set) var hasUniqueKeys = true

    package init() {}

    package mutating func append(_ members: [String: AttributeValue], to group: HoneyHiveField.SpanFieldGroup) {
        // Two more entries may follow: an error and the span's type.
        if entries.isEmpty { entries.reserveCapacity(members.count + 2) }
        append(members, under: "", of: group, depth: 0)
    }

    private mutating func append(
        _ value: AttributeValue,
        under name: String,
        of group: HoneyHiveField.SpanFieldGroup,
        depth: Int
    ) {
        switch value {
        case .null: return
        case .string, .int, .double, .bool: entries.append(.init(AttributeKey(name, in: group), value))
        case _ where depth >= AttributeList.maximumDepth:
            entries.append(.init(AttributeKey(name, in: group), .string("…")))
        case .array(let elements):
            let prefix = name + "."
            for (index, element) in elements.enumerated() {
                append(element, under: prefix + String(index), of: group, depth: depth + 1)
            }
        case .dictionary(let members): append(members, under: name + ".", of: group, depth: depth)
        }
    }

    /// Appends the entries of a dictionary's members.
    ///
    /// - Parameters:
    ///   - members: The members to flatten.
    ///   - prefix: The text before the members' names: empty, or a name and a dot.
    ///   - group: The group that contains them.
    ///   - depth: The nesting depth of the dictionary.
    private mutating func append(
        _ members: [String: AttributeValue],
        under prefix: String,
        of group: HoneyHiveField.SpanFieldGroup,
        depth: Int
    ) {
        // Dictionaries are unordered; sorted keys make the encoding of a span deterministic.
        let members = members.count > 1 ? members.sorted(by: { $0.key < $1.key }) : Array(members)
        for index in members.indices {
            let (step, value) = members[index]
            if case .null = value { continue }
            if step.withUTF8Bytes({ $0.contains(UInt8(ascii: ".")) }) { hasUniqueKeys = false }
            let name = prefix.isEmpty ? step : prefix + step
            append(value, under: name, of: group, depth: depth + 1)
        }
    }
}
