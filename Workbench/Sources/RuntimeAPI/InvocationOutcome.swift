/// How an invocation ended.
package struct InvocationOutcome: Sendable {
    /// What became of it.
    package enum Ending: Sendable, Hashable {
        /// The function answered.
        case response([UInt8], contentType: String?)
        /// The function, or its runtime, reported an error.
        case functionError(FunctionError)
        /// The function could not start.
        case initError(FunctionError)
        /// The answer was over the limit.
        case responseTooLarge
        /// The process did not ask for its first event in time.
        case initTimedOut
        /// The function's time ran out.
        case timedOut
        /// The process ended; the text says how.
        case processEnded(String)
    }

    /// What became of it.
    package let ending: Ending
    /// When the event was handed over; `nil` when it never was.
    package let deliveredAt: ContinuousClock.Instant?
    /// When the end came, by the clock that also dates the arrival of spans.
    package let endedAt: ContinuousClock.Instant
    /// Whether the runtime echoed the invocation's second id.
    package let echoedInvocationID: Bool

    /// Makes an outcome of all its fields.
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

    /// The outcome of an event that the function never saw.
    ///
    /// - Parameter why: Why, for people.
    /// - Returns: The outcome, dated now.
    static func neverDelivered(_ why: String) -> InvocationOutcome {
        InvocationOutcome(ending: .processEnded(why), deliveredAt: nil, endedAt: .now, echoedInvocationID: false)
    }
}
