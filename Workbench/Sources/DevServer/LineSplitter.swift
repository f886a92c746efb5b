/// Cuts a stream of bytes into lines.
package struct LineSplitter: Sendable {
    /// Bytes of one line beyond which it is cut in two.
    package static let lineLimitBytes = 65_536

    private var rest: [UInt8] = []

    /// Makes a splitter at the begin of a stream.
    package init() {}

    /// Takes bytes in.
    ///
    /// - Parameter bytes: The next bytes of the stream.
    /// - Returns: The lines that are complete now, without their ends (LF or CR LF).
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

    /// The line that the stream ended in.
    ///
    /// - Returns: `nil` when the stream ended with a line's end.
    package mutating func last() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
