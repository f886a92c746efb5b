/// A value on a span, as used in HoneyHive's inputs, outputs and metadata.
///
/// Literals work where a value is expected: `["query": "cats", "count": 3, "tags": ["a", "b"]]`.
public enum AttributeValue: Sendable, Hashable {
    /// No value; skipped in the encoding, though it keeps its index in an array: an array that is encoded as such has an
    /// empty string in its place.
    case null
    /// A string.
    case string(String)
    /// An integer.
    case int(Int)
    /// A floating-point number; NaN and the infinities are written as `nan`, `inf` and `-inf`.
    case double(Double)
    /// A Boolean value.
    case bool(Bool)
    /// A list of values.
    case array([AttributeValue])
    /// Values by key.
    case dictionary([String: AttributeValue])
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// Creates a ``string(_:)``.
    ///
    /// - Parameter value: The string.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension AttributeValue: ExpressibleByIntegerLiteral {
    /// Creates an ``int(_:)``.
    ///
    /// - Parameter value: The integer.
    public init(integerLiteral value: Int) { self = .int(value) }
}

extension AttributeValue: ExpressibleByFloatLiteral {
    /// Creates a ``double(_:)``.
    ///
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension AttributeValue: ExpressibleByBooleanLiteral {
    /// Creates a ``bool(_:)``.
    ///
    /// - Parameter value: The Boolean value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension AttributeValue: ExpressibleByNilLiteral {
    /// Creates a ``null``.
    public init(nilLiteral: ()) { self = .null }
}

extension AttributeValue: ExpressibleByArrayLiteral {
    /// Creates an ``array(_:)``.
    ///
    /// - Parameter elements: The elements in order.
    public init(arrayLiteral elements: AttributeValue...) { self = .array(elements) }
}

extension AttributeValue: ExpressibleByDictionaryLiteral {
    /// Creates a ``dictionary(_:)``.
    ///
    /// If a key occurs twice, the last value is used.
    ///
    /// - Parameter elements: The keys and their values.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self = .dictionary(Dictionary(elements) { $1 })
    }
}
