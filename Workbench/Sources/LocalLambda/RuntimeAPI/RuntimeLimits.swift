/// Lambda's limits, as the local Runtime API enforces them.
package enum RuntimeLimits {
    /// The response limit, in bytes; Lambda answers 413 beyond it.
    package static let responseBytes = 6_291_556
    /// The limit of a streamed response, in bytes.
    package static let streamedResponseBytes = 209_715_200
    /// The limit of an event, in bytes.
    package static let eventBytes = 6_291_456
    /// The limit of an error report, in bytes.
    package static let errorReportBytes = 262_144
    /// The time limit from the process's start to its first `/next`, in milliseconds.
    package static let initTimeoutMilliseconds = 10_000
    /// The limit of events in the queue of one process.
    package static let queuedEventLimitCount = 100
    /// The limit of extensions of one process.
    package static let extensionLimitCount = 10
}
