/// The value of an authorizer's claim: any JSON value.
///
/// API Gateway's JWT authorizer sends only strings; a Lambda authorizer can send any value.
public enum ClaimValue: Sendable, Hashable, Decodable {
    /// The null value.
    case null
    /// A Boolean value.
    case bool(Bool)
    /// An integer.
    case int(Int)
    /// Any other number.
    case double(Double)
    /// A string.
    case string(String)
    /// A list of values.
    case array([ClaimValue])
    /// Values by name.
    case object([String: ClaimValue])

    /// Decodes any JSON value.
    ///
    /// - Parameter decoder: The decoder to read from; it limits the depth.
    /// - Throws: `DecodingError` if it is not a JSON value, or a number outside the range of `Double`.
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

    /// The string, or a number or Boolean value as a string; nil for other values.
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
