/// A value that a sender put beside a message of SQS
/// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).
public enum MessageAttribute: Sendable, Hashable, Decodable {
    /// Text.
    case string(String)
    /// A number of up to 38 digits, as it is written.
    case number(String)
    /// Bytes.
    case binary([UInt8])

    /// The text or the number's digits; nil for bytes.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .binary: nil
        }
    }

    private enum Key: String, CodingKey { case dataType, stringValue, binaryValue }

    /// Reads an attribute; what follows a dot in its type is the sender's own and says nothing of the form.
    ///
    /// - Parameter decoder: Where the attribute is.
    /// - Throws: `DecodingError`, which names the field: an unknown type, a missing value, bytes that are no base64.
    public init(from decoder: any Decoder) throws {
        let attribute = try decoder.container(keyedBy: Key.self)
        switch try attribute.decode(String.self, forKey: .dataType).split(separator: ".").first {
        case "String": self = .string(try attribute.decode(String.self, forKey: .stringValue))
        case "Number": self = .number(try attribute.decode(String.self, forKey: .stringValue))
        case "Binary": self = .binary(try attribute.decodeBase64(forKey: .binaryValue))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .dataType,
                in: attribute,
                debugDescription: "it is not a type of SQS's"
            )
        }
    }
}
