/// A JSON number that keeps its text, so that `12345678901234567890` and `1.10` are written unchanged.
package struct JSONNumber: Sendable, Hashable {
    /// The number's JSON text (RFC 8259, section 6).
    package let text: String

    /// Wraps a text that the parser has validated.
    ///
    /// - Parameter text: The number's text.
    init(validated text: String) {
        self.text = text
    }

    /// Creates an integer.
    ///
    /// - Parameter value: The number.
    package init(_ value: some FixedWidthInteger) {
        self.text = String(value)
    }

    /// Creates a number from a floating-point value; `nil` for NaN and the infinities, which JSON does not have.
    ///
    /// - Parameter value: The number.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        // Swift writes `1e-07`, `1e+20` and `1.0`; all of them are valid JSON numbers.
        self.text = value.description
    }

    /// The number as a signed 64-bit integer, or `nil` when it has a fraction or an exponent or is out of range.
    package var int64: Int64? { Int64(text) }

    /// The number as an unsigned 64-bit integer, or `nil` when it is negative, has a fraction, or is out of range.
    package var uint64: UInt64? { UInt64(text) }

    /// The number as a double; out-of-range numbers become an infinity.
    package var double: Double { Double(text) ?? .nan }
}
