/// A span's attributes by name, for the reader of the normal form.
struct SpanValues {
    private let values: [String: AttributeValue]
    private let attributes: [Attribute]

    init(_ attributes: [Attribute]) {
        self.attributes = attributes
        // Of a repeated name, the first counts, as in OTLP's data model.
        values = Dictionary(attributes.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// The value of an attribute as JSON; `nil` when it is missing or empty.
    subscript(key: String) -> JSONValue? {
        guard let value = values[key], value != .empty, value != .string("") else { return nil }
        return value.json
    }

    /// The first attribute of several names that exists and is not empty.
    func first(_ keys: [String]) -> JSONValue? {
        for key in keys { if let value = self[key] { return value } }
        return nil
    }

    /// The text of the first of several attributes.
    func text(_ keys: [String]) -> String? {
        first(keys).map(\.plainText)
    }

    func hasAny(_ keys: [String]) -> Bool {
        keys.contains { self[$0] != nil }
    }

    /// Tests for an attribute whose name begins with a prefix.
    func has(prefix: String) -> Bool {
        attributes.contains { $0.key.hasPrefix(prefix) }
    }

    /// The attributes below a prefix, which has no dot at its end, as one nested value.
    ///
    /// `prefix.0.role` becomes a member of a list's element. An attribute with the bare name, which holds the whole value
    /// or its JSON text, counts if there are none below it.
    func nested(_ prefix: String) -> JSONValue? {
        let below = attributes.filter { $0.key.utf8.count > prefix.utf8.count + 1 && $0.key.hasPrefix(prefix + ".") }
        guard !below.isEmpty else { return self[prefix]?.opened }
        return NestedNames(below.map { (String($0.key.dropFirst(prefix.count + 1)), $0.value.json) }).json
    }
}

/// Builds a nested value from names with dots: `query`, `chat_history.0.role`.
struct NestedNames {
    /// The limit of nesting levels; the rest of a name is not split.
    static let depthLimit = 32
    /// The largest index of a list, so that a single name cannot make a long one.
    private static let indexDigitLimit = 6

    private final class Node {
        var value: JSONValue?
        var names: [String] = []
        var members: [String: Node] = [:]

        func member(_ name: String) -> Node {
            if let known = members[name] { return known }
            let node = Node()
            names.append(name)
            members[name] = node
            return node
        }
    }

    private let root = Node()

    init(_ fields: [(name: String, value: JSONValue)]) {
        for (name, value) in fields {
            var node = root
            let parts = name.split(separator: ".", maxSplits: Self.depthLimit - 1, omittingEmptySubsequences: false)
            for part in parts { node = node.member(String(part)) }
            if node.value == nil { node.value = value }
        }
    }

    var json: JSONValue { Self.json(of: root) }

    private static func json(of node: Node) -> JSONValue {
        guard !node.names.isEmpty else { return node.value ?? .null }
        let members = node.names.compactMap { name in node.members[name].map { (name, json(of: $0)) } }
        if node.value == nil, let elements = elements(of: members) { return .array(elements) }
        var object = JSONObject(members.map { JSONObject.Member(name: $0.0, value: $0.1) })
        // A name that has a value of its own besides what is below it.
        if let value = node.value { object[object["value"] == nil ? "value" : "(value)"] = value }
        return .object(object)
    }

    /// The elements of a list: all names are indexes, and the first one is there.
    private static func elements(of members: [(String, JSONValue)]) -> [JSONValue]? {
        let indexed = members.compactMap { name, value in index(name).map { ($0, value) } }
        guard indexed.count == members.count, indexed.contains(where: { $0.0 == 0 }) else { return nil }
        return indexed.sorted { $0.0 < $1.0 }.map(\.1)
    }

    static func index(_ name: String) -> Int? {
        guard name.utf8.count <= indexDigitLimit, name.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(name)
    }
}

extension JSONValue {
    /// The limit of a text that is parsed as JSON, in bytes.
    private static let openedLimitBytes = 4 * 1_024 * 1_024

    /// The value that a text of JSON holds, if the text is an object or a list; any other value unchanged.
    var opened: JSONValue {
        guard case .string(let text) = self, text.utf8.count <= Self.openedLimitBytes,
            let first = text.utf8.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSONValue(parsing: text)
        else { return self }
        return value
    }

    /// A string as it is; any other value as JSON text.
    package var plainText: String {
        if case .string(let text) = self { text } else { text }
    }

    /// False for `null`, an empty string, an empty list and an empty object.
    var hasContent: Bool {
        switch self {
        case .null: false
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.members.isEmpty
        case .bool, .number: true
        }
    }

    /// The number, also of a text; `nil` unless it is finite.
    var finiteNumber: Double? {
        let number = number?.double ?? string.flatMap { Double($0) }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The number of tokens; `nil` unless it is a number, also in a text, that is not negative.
    var count: Int64? {
        guard let number = finiteNumber, number >= 0 else { return nil }
        return self.number?.int64 ?? Int64(clamping: UInt64(min(number, 9e18)))
    }

    /// The elements of a list, also of one that arrived as an object with indexes for names.
    var elements: [JSONValue]? {
        switch opened {
        case .array(let elements): return elements
        case .object(let object):
            let indexed = object.members.compactMap { member in
                NestedNames.index(member.name).map { ($0, member.value) }
            }
            guard !indexed.isEmpty, indexed.count == object.members.count else { return nil }
            return indexed.sorted { $0.0 < $1.0 }.map(\.1)
        default: return nil
        }
    }
}

extension JSONObject {
    /// The first of several members that has a content.
    func first(_ names: [String]) -> JSONValue? {
        for name in names { if let value = self[name], value.hasContent { return value } }
        return nil
    }
}
