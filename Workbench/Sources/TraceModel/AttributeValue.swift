/// The value of an attribute: OTLP's `AnyValue`.
package enum AttributeValue: Sendable, Hashable {
    /// No value at all.
    case empty
    /// A text.
    case string(String)
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// A floating-point number.
    case double(Double)
    /// Bytes.
    case bytes([UInt8])
    /// A list.
    case array([AttributeValue])
    /// A list of names and values.
    case map([Attribute])
}

/// A name and its value.
package struct Attribute: Sendable, Hashable {
    /// The name.
    package let key: String
    /// The value.
    package let value: AttributeValue

    /// Makes an attribute.
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
    /// The text, or `nil` when the value is not a text.
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }
}

extension Sequence<Attribute> {
    /// The value of the first attribute of a name.
    ///
    /// - Parameter key: The name.
    /// - Returns: The value, or `nil` when there is no such attribute.
    package subscript(key: String) -> AttributeValue? {
        first { $0.key == key }?.value
    }
}
