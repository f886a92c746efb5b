extension AttributeList {
    /// Deeper values than this are written as the text `…`.
    static let maximumDepth = 32

    /// Spreads a value over `prefix.key` and `prefix.INDEX`, as HoneyHive's clients do: null is skipped and keeps its
    /// index, empty containers give nothing, scalars keep their type.
    package mutating func setFlattened(_ prefix: String, to value: AttributeValue, depth: Int = 0) {
        switch value {
        case .null: return
        case .string, .int, .double, .bool: set(prefix, to: value)
        case _ where depth >= Self.maximumDepth: set(prefix, to: .string("…"))
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                setFlattened("\(prefix).\(index)", to: element, depth: depth + 1)
            }
        case .dictionary(let members):
            // A dictionary has no order of its own; sorted keys make the same span the same bytes.
            for key in members.keys.sorted() {
                setFlattened("\(prefix).\(key)", to: members[key] ?? .null, depth: depth + 1)
            }
        }
    }
}
