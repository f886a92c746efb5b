/// Why a server on the loopback interface cannot run.
package struct LoopbackError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { "cannot listen on 127.0.0.1: \(reason)" }
}
