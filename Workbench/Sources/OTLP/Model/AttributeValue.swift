/// An attribute value: OTLP's `AnyValue`.
package enum AttributeValue: Sendable, Hashable {
    /// No value.
    case empty
    /// A string.
    case string(String)
    /// A boolean.
    case bool(Bool)
    /// An integer.
    case int(Int64)
    /// A floating-point number.
    case double(Double)
    /// Bytes.
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

    /// Creates an attribute.
    ///
    /// - Parameters:
    ///   - key: The name.
    ///   - value: The value.
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
    /// - Parameter key: The name.
    /// - Returns: The value, or `nil` when there is no such attribute.
    package subscript(key: String) -> AttributeValue? {
        first { $0.key == key }?.value
    }
}
