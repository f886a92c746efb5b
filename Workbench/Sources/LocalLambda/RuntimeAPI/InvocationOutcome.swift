/// The result of an invocation, with its times.
package struct InvocationOutcome: Sendable {
    /// The result of an invocation.
    package enum Ending: Sendable, Hashable {
        /// The function responded.
        case response([UInt8], contentType: String?)
        /// The function, or its runtime, reported an error.
        case functionError(FunctionError)
        /// The function could not start.
        case initError(FunctionError)
        /// The response exceeded the size limit.
        case responseTooLarge
        /// The process did not request its first event within the init timeout.
        case initTimedOut
        /// The function exceeded its timeout.
        case timedOut
        /// The process ended; the text describes its exit.
        case processEnded(String)
    }

    /// The result.
    package let ending: Ending
    /// The time of delivery to the function; `nil` when the event was never delivered.
    package let deliveredAt: ContinuousClock.Instant?
    /// The time of the end, on the clock that also dates the arrival of spans.
    package let endedAt: ContinuousClock.Instant
    /// True when the runtime echoed `Lambda-Runtime-Invocation-Id`.
    package let echoedInvocationID: Bool

    /// Creates an outcome.
    package init(
        ending: Ending,
        deliveredAt: ContinuousClock.Instant?,
        endedAt: ContinuousClock.Instant,
        echoedInvocationID: Bool
    ) {
        self.ending = ending
        self.deliveredAt = deliveredAt
        self.endedAt = endedAt
        self.echoedInvocationID = echoedInvocationID
    }

    /// Creates the outcome of an event that was never delivered.
    ///
    /// - Parameter why: The reason, for people.
    /// - Returns: The outcome, dated now.
    static func neverDelivered(_ why: String) -> InvocationOutcome {
        InvocationOutcome(ending: .processEnded(why), deliveredAt: nil, endedAt: .now, echoedInvocationID: false)
    }
}
