/// Receiver of a process's output lines.
package protocol LogSink: Sendable {
    /// Writes one line.
    ///
    /// - Parameter line: The line's bytes, without the terminator.
    func write(_ line: [UInt8])
}
