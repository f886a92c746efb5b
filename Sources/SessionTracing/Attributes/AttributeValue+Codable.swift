internal import WireText

extension AttributeValue: Codable {
    /// Decodes any JSON value.
    ///
    /// In an event that the default `TracedFunction.decode(_:)` decodes, numbers are exact: a number is
    /// a ``double(_:)`` if it is written with a point or an exponent, otherwise an ``int(_:)``; one that neither holds
    /// as it is written is a ``string(_:)``. Another decoder does not tell how a number is written: a whole number is
    /// then an ``int(_:)`` as far as that holds it.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` if the value is not a JSON value.
    public init(from decoder: any Decoder) throws {
        if let value = JSONSource.source(of: decoder)?.exactValue(at: decoder.codingPath) {
            self = value
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = Self.number(value, in: container)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([AttributeValue].self) {
            self = .array(value)
        } else {
            self = .dictionary(try container.decode([String: AttributeValue].self))
        }
    }

    /// Returns a number that is not an `Int`; as its digits if it is a whole number that a double rounds.
    private static func number(_ value: Double, in container: any SingleValueDecodingContainer) -> AttributeValue {
        guard let whole = try? container.decode(Int128.self), Int128(exactly: value) != whole else {
            return .double(value)
        }
        return .string(String(whole))
    }

    /// Encodes the value as JSON.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: The encoder's error, for example for a NaN that it cannot represent.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .string(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .dictionary(let value): try container.encode(value)
        }
    }
}

extension JSONSource {
    /// Returns the value at a path in the exactly parsed text; nil if there is none.
    fileprivate func exactValue(at path: [any CodingKey]) -> AttributeValue? {
        var value = parsed { try? AttributeValue(json: $0) }
        for key in path {
            switch value {
            case .dictionary(let members): value = members[key.stringValue]
            case .array(let elements):
                guard let index = key.intValue, elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }
}
