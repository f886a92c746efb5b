/// Where the lines go that a function writes.
package protocol LogSink: Sendable {
    /// Takes one line.
    ///
    /// - Parameter line: The line's bytes, without its end.
    func write(_ line: [UInt8])
}
