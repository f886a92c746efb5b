/// A value of a DynamoDB item
/// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html).
public enum TableValue: Sendable, Hashable {
    /// Text.
    case string(String)
    /// A number of up to 38 digits, as it is written.
    case number(String)
    /// Bytes.
    case binary([UInt8])
    /// True or false.
    case bool(Bool)
    /// Nothing.
    case null
    /// Values in order.
    case list([TableValue])
    /// Named values.
    case map([String: TableValue])
    /// Different texts.
    case stringSet([String])
    /// Different numbers, as they are written.
    case numberSet([String])
    /// Different byte strings.
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

    /// Reads a value, which stands under the name of its type.
    ///
    /// - Parameter decoder: Where the value is; it bounds the depth.
    /// - Throws: `DecodingError`, which names the field: no known type, or a value that is not of its type.
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
