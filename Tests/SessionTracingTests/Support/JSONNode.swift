import FoundationEssentials

/// Any JSON value, parsed by FoundationEssentials, independently of the code under test.
enum JSONNode: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object([String: JSONNode])

    init(parsing bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(JSONNode.self, from: Data(bytes))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONNode].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONNode].self))
        }
    }

    /// A member of an object, or nil.
    subscript(_ name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// An element of a list, or nil.
    subscript(_ index: Int) -> JSONNode? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    var elements: [JSONNode]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var names: Set<String>? {
        guard case .object(let members) = self else { return nil }
        return Set(members.keys)
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// Returns true if the predicate holds for this value or for a nested one.
    func contains(where isWanted: (JSONNode) -> Bool) -> Bool {
        if isWanted(self) { return true }
        switch self {
        case .array(let elements): return elements.contains { $0.contains(where: isWanted) }
        case .object(let members): return members.values.contains { $0.contains(where: isWanted) }
        default: return false
        }
    }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSONNode...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONNode)...) { self = .object(Dictionary(elements) { $1 }) }
}
