/// A value on a span: what HoneyHive's inputs, outputs and metadata are made of.
///
/// Literals work where a value is expected: `["query": "cats", "count": 3, "tags": ["a", "b"]]`.
public enum AttributeValue: Sendable, Hashable {
    /// Nothing; skipped when written, though it keeps its index in an array.
    case null
    /// Text.
    case string(String)
    /// A whole number.
    case int(Int)
    /// A number; NaN and the infinities are written as `nan`, `inf` and `-inf`.
    case double(Double)
    /// True or false.
    case bool(Bool)
    /// A list.
    case array([AttributeValue])
    /// Named values.
    case dictionary([String: AttributeValue])
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// Makes a ``string(_:)``.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension AttributeValue: ExpressibleByIntegerLiteral {
    /// Makes an ``int(_:)``.
    public init(integerLiteral value: Int) { self = .int(value) }
}

extension AttributeValue: ExpressibleByFloatLiteral {
    /// Makes a ``double(_:)``.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension AttributeValue: ExpressibleByBooleanLiteral {
    /// Makes a ``bool(_:)``.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension AttributeValue: ExpressibleByNilLiteral {
    /// Makes a ``null``.
    public init(nilLiteral: ()) { self = .null }
}

extension AttributeValue: ExpressibleByArrayLiteral {
    /// Makes an ``array(_:)``.
    public init(arrayLiteral elements: AttributeValue...) { self = .array(elements) }
}

extension AttributeValue: ExpressibleByDictionaryLiteral {
    /// Makes a ``dictionary(_:)``; of a key that stands twice, the last value counts.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self = .dictionary(Dictionary(elements) { $1 })
    }
}
