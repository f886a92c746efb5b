internal import WireText

/// The 16-byte id shared by all spans of one trace (https://www.w3.org/TR/trace-context/#trace-id).
///
/// Never all zero.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// Creates an id; nil for the all-zero id, which the specification forbids.
    package init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    package init(using generator: inout some RandomNumberGenerator) {
        high = generator.next()
        low = max(1, generator.next() as UInt64)
    }

    /// Parses 32 lower-case hexadecimal digits.
    ///
    /// Nil for any other text and for the all-zero id.
    ///
    /// - Parameter text: The digits; upper case is rejected, as the specification requires.
    public init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 32,
            let high = Hexadecimal.parse(digits[..<16]),
            let low = Hexadecimal.parse(digits[16...])
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.string(high) + Hexadecimal.string(low) }
}
