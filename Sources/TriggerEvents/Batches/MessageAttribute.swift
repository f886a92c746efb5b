/// A message attribute of SQS
/// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).
public enum MessageAttribute: Sendable, Hashable, Decodable {
    /// A string.
    case string(String)
    /// A number of up to 38 digits, in its original notation.
    case number(String)
    /// Bytes.
    case binary([UInt8])

    /// The string or the number's text; nil for bytes.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .binary: nil
        }
    }

    private enum Key: String, CodingKey { case dataType, stringValue, binaryValue }

    /// Decodes an attribute; the part of its type after a dot is the sender's custom label and is ignored.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if the type is unknown, the value is missing, or bytes are not
    ///   valid base64.
    public init(from decoder: any Decoder) throws {
        let attribute = try decoder.container(keyedBy: Key.self)
        switch try attribute.decode(String.self, forKey: .dataType).split(separator: ".").first {
        case "String": self = .string(try attribute.decodeText(forKey: .stringValue))
        case "Number": self = .number(try attribute.decodeText(forKey: .stringValue))
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
