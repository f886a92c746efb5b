import FoundationEssentials

/// An attribute value: OTLP's `AnyValue`.
package enum AttributeValue: Sendable, Hashable {
    /// No value.
    case empty
    case string(String)
    case bool(Bool)
    /// An integer.
    case int(Int64)
    /// A floating-point number.
    case double(Double)
    case bytes([UInt8])
    /// A list of values.
    case array([AttributeValue])
    /// A list of attributes.
    case map([Attribute])
}

/// An attribute: a name and a value.
package struct Attribute: Sendable, Hashable {
    /// The name.
    package let key: String
    /// The value.
    package let value: AttributeValue

    package init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

extension AttributeValue {
    /// The string, or `nil` when the value is something else.
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }
}

extension Sequence<Attribute> {
    /// Finds the first attribute of a name.
    ///
    /// - Returns: The value, or `nil` when there is no such attribute.
    package subscript(key: String) -> AttributeValue? {
        first { $0.key == key }?.value
    }
}

extension AttributeValue {
    /// The value as plain JSON: bytes in base64, NaN and the infinities as strings, as in OTLP.
    package var json: JSONValue {
        switch self {
        case .empty: .null
        case .string(let string): .string(string)
        case .bool(let bool): .bool(bool)
        case .int(let int): .number(JSONNumber(int))
        case .double(let double): JSONNumber(double).map(JSONValue.number) ?? .string(double.description)
        case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
        case .array(let elements): .array(elements.map(\.json))
        case .map(let attributes): attributes.json
        }
    }
}

extension Sequence<Attribute> {
    /// The attributes as a JSON object, in order.
    package var json: JSONValue {
        .object(JSONObject(map { JSONObject.Member(name: $0.key, value: $0.value.json) }))
    }
}

extension AttributeValue {
    /// Creates a value from JSON.
    ///
    /// - Parameter json: The JSON; an integer that fits in 64 bits becomes an integer.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .empty
        case .bool(let bool): self = .bool(bool)
        case .string(let string): self = .string(string)
        case .number(let number): self = number.int64.map(AttributeValue.int) ?? .double(number.double)
        case .array(let elements): self = .array(elements.map(AttributeValue.init))
        case .object(let object): self = .map(object.members.map { Attribute($0.name, AttributeValue($0.value)) })
        }
    }
}
