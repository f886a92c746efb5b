/// Limits of the Invoke API: Lambda's, and those of the local server.
package enum InvokeLimits {
    /// The limit of an asynchronous event, in bytes.
    package static let asynchronousEventBytes = 1_048_576
    /// The limit of a client context in base64, in bytes.
    package static let clientContextBytes = 3_583
    /// The size of the log tail that a caller gets, in bytes.
    package static let logTailBytes = 4_096
    /// The limit of asynchronous events in progress; further ones are throttled.
    package static let asynchronousEventLimitCount = 100
    /// The attempts for an asynchronous event, as on Lambda.
    package static let asynchronousAttemptCount = 3
    /// The delay before the second attempt, in milliseconds; doubled before the third (on Lambda one and two minutes).
    package static let asynchronousRetryMilliseconds = 1_000
    /// The largest chunk of a streamed response to AWS's clients, in bytes.
    package static let payloadChunkBytes = 1_048_576
}
