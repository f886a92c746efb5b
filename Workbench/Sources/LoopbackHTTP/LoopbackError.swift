/// An error of a server or client on the loopback interface.
package struct LoopbackError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}
