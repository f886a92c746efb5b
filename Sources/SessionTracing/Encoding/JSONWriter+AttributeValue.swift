package import WireText

extension JSONWriter {
    /// Writes a value as JSON, with sorted keys.
    package mutating func value(_ value: AttributeValue, depth: Int = 0) {
        switch value {
        case .null: null()
        case .string(let text): string(text)
        case .int(let number): int(number)
        case .double(let number): double(number)
        case .bool(let flag): bool(flag)
        case _ where depth >= AttributeList.maximumDepth: string("…")
        case .array(let elements):
            array { list in
                for element in elements { list.value(element, depth: depth + 1) }
            }
        case .dictionary(let members):
            object { object in
                for key in members.keys.sorted() {
                    object.name(key)
                    object.value(members[key] ?? .null, depth: depth + 1)
                }
            }
        }
    }
}
