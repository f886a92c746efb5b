/// Why a server on the loopback interface cannot run, or gave no answer.
package struct LoopbackError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}
