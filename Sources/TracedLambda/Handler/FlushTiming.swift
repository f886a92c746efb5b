/// When an invocation's spans are delivered (`TRACED_LAMBDA_FLUSH`).
public enum FlushTiming: String, Sendable, CaseIterable {
    /// Before the response: who has the response finds the trace, and the caller waits for the delivery, the budget at most.
    case beforeResponse = "before-response"
    /// Between the response and the next invocation: the caller waits for nothing, and Lambda bills the time all the same. A trace
    /// may show up after its response, and a crash in between leaves it to the journal.
    case afterResponse = "after-response"
}
