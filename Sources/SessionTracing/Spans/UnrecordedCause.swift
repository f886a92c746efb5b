internal import Synchronization

/// A reason for which a span, or an update of a session, is not recorded.
package enum UnrecordedCause: Sendable, Hashable, CaseIterable {
    /// The sampler, or the caller whose decision it follows, does not record the trace.
    case notSampled
    /// No rule of the function's ``KeepPolicy`` matched the outcome of its invocation.
    case notKept
    /// The span's context has no invocation, and none was running.
    case noInvocation
    /// The span's context has no invocation, and more than one was running.
    case severalInvocations
    /// The limit of spans before the first invocation.
    case initSpanLimit
    /// The process ended before an invocation that the span could belong to.
    case neverInvoked
    /// The limit of spans that are ended with their invocation.
    case openSpanLimit
    /// An update of a session in a trace that is not recorded.
    case sessionUpdateNotSampled
    /// An update of a session by an invocation that was not kept.
    case sessionUpdateNotKept
    /// The limit of sessions that one invocation can update.
    case enrichedSessionLimit
    /// An update of a session for a destination without sessions.
    case noSessionServer

    /// The reason, as in a flush report.
    package var reason: String {
        switch self {
        case .notSampled, .sessionUpdateNotSampled: "not sampled"
        case .notKept, .sessionUpdateNotKept: "no rule of \(EnvironmentVariable.keep.rawValue) matched"
        case .noInvocation: "outside any invocation: none was running"
        case .severalInvocations: "outside any invocation: more than one was running"
        case .initSpanLimit:
            "outside any invocation: more than \(InitSpans.maximumCount) before the process's first one"
        case .neverInvoked: "outside any invocation: the process ended before its first one"
        case .openSpanLimit:
            "over the \(InvocationTrace.maximumOpenSpanCount) open spans that are ended with an invocation"
        case .enrichedSessionLimit:
            "over the \(InvocationTrace.maximumEnrichedSessionCount) sessions that an invocation can update"
        case .noSessionServer: "the destination is not HoneyHive"
        }
    }

    /// True for a span, false for an update of a session.
    package var isSpan: Bool {
        switch self {
        case .sessionUpdateNotSampled, .sessionUpdateNotKept, .enrichedSessionLimit, .noSessionServer: false
        default: true
        }
    }

    /// The text of a warning, which follows the count; nil if nothing is wrong.
    package var warning: String? {
        switch self {
        case .notSampled, .sessionUpdateNotSampled, .notKept, .sessionUpdateNotKept, .noSessionServer: nil
        case .noInvocation:
            """
            spans outside any invocation were not recorded: no invocation was running; start them before the handler \
            returns, in work that it awaits
            """
        case .severalInvocations:
            """
            spans outside any invocation were not recorded: more than one invocation was running; start them in a \
            child task of the handler, or with its context.tracer
            """
        case .initSpanLimit:
            """
            spans outside any invocation were not recorded: more than \(InitSpans.maximumCount) were started before \
            the process's first invocation; start fewer in the handler's init
            """
        case .neverInvoked:
            "spans outside any invocation were not recorded: the process ended before its first invocation"
        case .openSpanLimit:
            """
            spans were open when their invocation ended, over the limit of \(InvocationTrace.maximumOpenSpanCount), \
            and are recorded only if they end; end each span
            """
        case .enrichedSessionLimit:
            """
            session updates were not recorded: one invocation can update \
            \(InvocationTrace.maximumEnrichedSessionCount) sessions
            """
        }
    }
}

/// Counts the spans and session updates that are not recorded, for the next flush report and the next log line.
package final class UnrecordedCounter: Sendable {
    private struct State {
        var unreported: [UnrecordedCause: Int] = [:]
        var unlogged: [UnrecordedCause: Int] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func count(_ cause: UnrecordedCause, by number: Int = 1) {
        guard number > 0 else { return }
        state.withLock { state in
            state.unreported[cause, default: 0] += number
            if cause.warning != nil { state.unlogged[cause, default: 0] += number }
        }
    }

    /// Returns the counts since the last call.
    package func takeUnreported() -> [UnrecordedCause: Int] {
        state.withLock { state in
            defer { state.unreported = [:] }
            return state.unreported
        }
    }

    /// Returns the counts of causes with a warning since the last call.
    package func takeUnlogged() -> [UnrecordedCause: Int] {
        state.withLock { state in
            defer { state.unlogged = [:] }
            return state.unlogged
        }
    }
}
