/// The time at which an invocation's spans are delivered (`TRACED_LAMBDA_FLUSH`).
public enum FlushTiming: String, Sendable, CaseIterable {
    /// Before the response: the trace is available when the caller has the response, and the caller waits for the
    /// delivery, at most for the flush budget.
    case beforeResponse = "before-response"
    /// Between the response and the next invocation: the caller does not wait, but Lambda bills the time.
    ///
    /// The trace can be delivered after the response, and a crash in between leaves it to the journal.
    case afterResponse = "after-response"
}
