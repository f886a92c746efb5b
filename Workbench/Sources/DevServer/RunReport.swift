import InvokeAPI
package import RuntimeAPI
package import TraceModel

/// What one run of a function showed.
package struct RunReport: Sendable {
    /// The run in one word.
    package enum Verdict: Sendable, Hashable {
        /// The function answered, and a span was here before its answer.
        case ok
        /// The function failed: an error, a crash, a timeout.
        case functionFailed
        /// The function answered, and no span was here by then.
        case noSpan
    }

    /// The request's id.
    package let requestID: String
    /// How the event ended.
    package let outcome: InvocationOutcome
    /// The spans that came, and whether each came after the function's response.
    package let spans: [(span: TraceSpan, isLate: Bool)]
    /// The session that the run is about.
    package let scope: SessionScope
    /// What was said of sessions beside their spans.
    package let sessions: [SessionRecord]
    /// Spans that were dropped as there were too many.
    package let droppedSpanCount: Int
    /// Requests that the collector turned down, each with the reason.
    package let refusals: [String]
    /// The failure, in the words that Lambda has for it; `nil` when the function answered.
    package let error: FunctionError?

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - plan: What was run.
    ///   - requestID: The request's id.
    ///   - outcome: How the event ended.
    ///   - snapshot: All that the collector has, taken when the process was gone.
    package init(plan: RunPlan, requestID: String, outcome: InvocationOutcome, snapshot: TraceSnapshot) {
        self.requestID = requestID
        self.outcome = outcome
        self.spans = snapshot.spans.map { ($0.span, $0.receivedAt > outcome.endedAt) }
        self.scope = SessionScope(requestedID: plan.event.sessionID, spans: snapshot.spans.map(\.span))
        self.sessions = snapshot.sessions
        self.droppedSpanCount = snapshot.droppedSpanCount
        self.refusals = snapshot.refusals
        self.error = outcome.result(requestID: requestID, plan.settings).error
    }

    /// The number of spans that came after the function's response.
    package var lateSpanCount: Int { spans.count { $0.isLate } }

    /// The run in one word.
    package var verdict: Verdict {
        if error != nil { return .functionFailed }
        return spans.count > lateSpanCount ? .ok : .noSpan
    }

    /// The function's answer; `nil` when it failed.
    package var response: [UInt8]? {
        if case .response(let bytes, _) = outcome.ending { bytes } else { nil }
    }

    /// The time from handing the event over to its end; `nil` when it was never handed over.
    package var durationNanoseconds: UInt64? {
        outcome.deliveredAt.map { start in
            let components = (outcome.endedAt - start).components
            let nanoseconds = components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
            return UInt64(clamping: nanoseconds)
        }
    }
}
