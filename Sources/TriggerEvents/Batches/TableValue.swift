/// A value of a DynamoDB item
/// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html).
public enum TableValue: Sendable, Hashable {
    /// A string.
    case string(String)
    /// A number of up to 38 digits, in its original notation.
    case number(String)
    /// Bytes.
    case binary([UInt8])
    /// A Boolean value.
    case bool(Bool)
    /// The null value.
    case null
    /// An ordered list of values.
    case list([TableValue])
    /// Values by name.
    case map([String: TableValue])
    /// A set of strings.
    case stringSet([String])
    /// A set of numbers in their original notation.
    case numberSet([String])
    /// A set of byte strings.
    case binarySet([[UInt8]])
}

extension TableValue: Decodable {
    private enum Key: String, CodingKey {
        case string = "S"
        case number = "N"
        case binary = "B"
        case bool = "BOOL"
        case null = "NULL"
        case list = "L"
        case map = "M"
        case stringSet = "SS"
        case numberSet = "NS"
        case binarySet = "BS"
    }

    /// Decodes a value, represented as an object whose only key is the value's type.
    ///
    /// - Parameter decoder: The decoder to read from; it limits the depth.
    /// - Throws: `DecodingError` with the field's path if the type is unknown or the value does not match it.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.container(keyedBy: Key.self)
        guard value.allKeys.count == 1, let type = value.allKeys.first else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "it has not exactly one type of DynamoDB's")
            )
        }
        switch type {
        case .string: self = .string(try value.decode(String.self, forKey: type))
        case .number: self = .number(try value.decode(String.self, forKey: type))
        case .binary: self = .binary(try value.decodeBase64(forKey: type))
        case .bool: self = .bool(try value.decode(Bool.self, forKey: type))
        case .null: self = .null
        case .list: self = .list(try value.decode([TableValue].self, forKey: type))
        case .map: self = .map(try value.decode([String: TableValue].self, forKey: type))
        case .stringSet: self = .stringSet(try value.decode([String].self, forKey: type))
        case .numberSet: self = .numberSet(try value.decode([String].self, forKey: type))
        case .binarySet:
            self = .binarySet(
                try value.decode([String].self, forKey: type).map {
                    try [UInt8](base64: $0, at: decoder.codingPath + [type])
                }
            )
        }
    }
}
