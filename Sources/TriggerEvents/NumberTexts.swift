internal import WireText

/// The numbers of JSON text as they are written, by their place: `JSONDecoder` does not tell `1e3` from `1000`.
indirect enum NumberTexts: Sendable {
    case number(String)
    case members([String: NumberTexts])
    case elements([Int: NumberTexts])

    /// The depth up to which numbers are found; fields of events are less deep.
    private static let maximumDepth = 8

    /// Finds the numbers of a value; nil if it has none.
    fileprivate init?(_ value: JSONValue, depth: Int = 0) {
        guard depth <= Self.maximumDepth else { return nil }
        switch value {
        case .object(var members):
            var found: [String: NumberTexts] = [:]
            while let (name, value) = (try? members.nextMember()) ?? nil {
                guard let numbers = NumberTexts(value, depth: depth + 1), let name = name.decoded() else { continue }
                found[name] = numbers
            }
            guard !found.isEmpty else { return nil }
            self = .members(found)
        case .array(var elements):
            var found: [Int: NumberTexts] = [:]
            var index = 0
            while let element = (try? elements.nextElement()) ?? nil {
                found[index] = NumberTexts(element, depth: depth + 1)
                index += 1
            }
            guard !found.isEmpty else { return nil }
            self = .elements(found)
        default:
            guard let text = value.number else { return nil }
            self = .number(text)
        }
    }
}

extension JSONSource {
    /// Returns the number at a path as it is written; nil if there is none.
    func numberText(at path: [any CodingKey]) -> String? {
        var numbers = parsed { NumberTexts(JSONValue($0)) }
        for key in path {
            switch numbers {
            case .members(let members): numbers = members[key.stringValue]
            case .elements(let elements): numbers = key.intValue.flatMap { elements[$0] }
            default: return nil
            }
        }
        guard case .number(let text) = numbers else { return nil }
        return text
    }
}
