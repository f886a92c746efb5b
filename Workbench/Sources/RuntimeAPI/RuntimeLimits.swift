/// Lambda's own limits, as the local Runtime API keeps them.
package enum RuntimeLimits {
    /// The size of a response beyond which Lambda answers 413.
    package static let responseBytes = 6_291_556
    /// The size of a streamed response.
    package static let streamedResponseBytes = 209_715_200
    /// The size of an event.
    package static let eventBytes = 6_291_456
    /// The size of an error's report.
    package static let errorReportBytes = 262_144
    /// The time that a process has from its start to its first `/next`.
    package static let initTimeoutMilliseconds = 10_000
    /// Events that wait for the function.
    package static let queuedEventLimitCount = 100
    /// Extensions that one process registers.
    package static let extensionLimitCount = 10
}
