/// A value that an authorizer says of a caller: JSON as it came.
///
/// API Gateway's JWT authorizer sends text only; a Lambda authorizer sends what it likes.
public enum ClaimValue: Sendable, Hashable, Decodable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// Any other number.
    case double(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([ClaimValue])
    /// Named values.
    case object([String: ClaimValue])

    /// Reads any JSON value.
    ///
    /// - Parameter decoder: Where the value is; it bounds the depth.
    /// - Throws: `DecodingError` when it is no JSON value, as a number beyond what a `Double` holds.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let values = try? container.decode([ClaimValue].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: ClaimValue].self))
        }
    }

    /// The text, or a number or truth value as text; nil for the others.
    public var text: String? {
        switch self {
        case .string(let value): value
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .bool(let value): String(value)
        case .null, .array, .object: nil
        }
    }
}
