internal import WireText

/// The 8-byte id of one span (https://www.w3.org/TR/trace-context/#parent-id).
///
/// Never zero.
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
    package let value: UInt64

    /// Creates an id; nil for zero, which the specification forbids.
    package init?(_ value: UInt64) {
        guard value != 0 else { return nil }
        self.value = value
    }

    package init(using generator: inout some RandomNumberGenerator) {
        value = max(1, generator.next() as UInt64)
    }

    /// Parses 16 lower-case hexadecimal digits.
    ///
    /// Nil for any other text and for the all-zero id.
    ///
    /// - Parameter text: The digits; upper case is rejected, as the specification requires.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = Hexadecimal.parse(Array(text.utf8)[...]) else { return nil }
        self.init(value)
    }

    /// 16 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.string(value) }
}
