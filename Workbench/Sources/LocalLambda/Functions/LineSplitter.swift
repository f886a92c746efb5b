/// Splits a byte stream into lines.
package struct LineSplitter: Sendable {
    /// The limit of a line, in bytes; longer lines are split.
    package static let lineLimitBytes = 65_536

    private var rest: [UInt8] = []

    /// Creates a splitter at the beginning of a stream.
    package init() {}

    /// Processes further bytes.
    ///
    /// - Parameter bytes: The next bytes of the stream.
    /// - Returns: The lines that are now complete, without their terminators (LF or CR LF).
    package mutating func lines(after bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
                lines.append(rest)
                rest = []
            } else {
                rest.append(byte)
                if rest.count == Self.lineLimitBytes {
                    lines.append(rest)
                    rest = []
                }
            }
        }
        return lines
    }

    /// Returns the last line of the stream, if unterminated.
    ///
    /// - Returns: `nil` when the stream ended with a line terminator.
    package mutating func last() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
