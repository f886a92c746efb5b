internal import SessionTracing

/// The circuit breaker of a collector: decides whether requests are sent to a collector that does not answer.
///
/// A state machine: outcomes in, decisions out, without I/O or a clock. While closed, all requests are sent. After
/// ``failureThreshold`` consecutive requests without an answer it opens: flushes are skipped, and a probe is due at
/// intervals that double each time. A successful probe closes it, and the next failure reopens it at once. If no probe
/// completes, because handlers are short and the collector is slow, a flush is allowed ``probeGraceSeconds`` after the
/// probe was due.
struct CircuitBreaker: Sendable {
    private enum State {
        /// The recovery is the time of the answer that closed the breaker; nil if it was never open.
        case closed(failureCount: Int, recovery: TraceClock.Instant?)
        case open(since: TraceClock.Instant, pause: Duration)
    }

    /// The number of consecutive failures that open the breaker; a request counts once, with all its retries.
    static let failureThreshold = 3
    static let firstPauseSeconds = 1
    static let maximumPauseSeconds = 60
    /// The time after which an overdue probe is replaced by a flush, in seconds.
    static let probeGraceSeconds = 5

    private var state = State.closed(failureCount: 0, recovery: nil)
    private var nextPause = Duration.seconds(Self.firstPauseSeconds)

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Returns true if a flush may send requests to the collector.
    func allowsFlush(at now: TraceClock.Instant) -> Bool {
        guard case .open(let since, let pause) = state else { return true }
        return now.elapsed(since: since) >= pause + .seconds(Self.probeGraceSeconds)
    }

    /// Returns true if a probe of the collector is due.
    func isProbeDue(at now: TraceClock.Instant) -> Bool {
        if case .open(let since, let pause) = state { now.elapsed(since: since) >= pause } else { false }
    }

    /// Closes the breaker after the collector accepted or rejected a request.
    mutating func recordAnswer(at now: TraceClock.Instant) {
        nextPause = .seconds(Self.firstPauseSeconds)
        switch state {
        case .closed(_, let recovery): state = .closed(failureCount: 0, recovery: recovery)
        case .open: state = .closed(failureCount: 0, recovery: now)
        }
    }

    /// Closes the breaker after a successful probe; one more failure reopens it.
    mutating func recordProbeAnswer(at now: TraceClock.Instant) {
        // The answer to the probe of another worker may have closed it before.
        guard isOpen else { return }
        state = .closed(failureCount: Self.failureThreshold - 1, recovery: now)
    }

    /// Counts a request or a probe without an answer.
    ///
    /// Requests of other workers can end long after they began. A failure of a request that began before the probe was
    /// due is not that of a probe, and does not lengthen the pause. A failure of a request that began before the
    /// collector's recovery says nothing about the collector since then.
    ///
    /// - Parameters:
    ///   - start: The time at which the request, or the first of its retries, was sent.
    ///   - now: The time of the failure.
    mutating func recordFailure(ofRequestAt start: TraceClock.Instant, at now: TraceClock.Instant) {
        switch state {
        case .closed(_, let recovery?) where start != recovery && start.elapsed(since: recovery) == .zero: break
        case .closed(let count, let recovery) where count + 1 < Self.failureThreshold:
            state = .closed(failureCount: count + 1, recovery: recovery)
        case .open(let since, let pause) where start.elapsed(since: since) < pause: break
        case .closed, .open:
            state = .open(since: now, pause: nextPause)
            nextPause = min(nextPause * 2, .seconds(Self.maximumPauseSeconds))
        }
    }
}
