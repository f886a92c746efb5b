/// Lambda's limits for those who invoke functions, and the local server's own.
package enum InvokeLimits {
    /// The size of an event that is handled later.
    package static let laterEventBytes = 1_048_576
    /// The size of a client context, in base64.
    package static let clientContextBytes = 3_583
    /// The size of the end of the log that a caller gets.
    package static let logTailBytes = 4_096
    /// Events that are handled later and are not done yet; a further one is turned down.
    package static let laterEventLimitCount = 100
    /// How often an event that is handled later is tried, as on Lambda.
    package static let laterAttemptCount = 3
    /// The time before the second attempt, doubled before the third (on Lambda one minute and two).
    package static let laterRetryMilliseconds = 1_000
    /// The size of a piece of a streamed response, in the form for AWS's clients.
    package static let payloadChunkBytes = 1_048_576
}
