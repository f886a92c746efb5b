internal import SessionTracing

/// Decides whether a collector that does not answer is asked at all.
///
/// A state machine: outcomes in, a verdict out, no I/O and no clock of its own. Closed, everything goes its way. After
/// ``failureThreshold`` requests in a row that brought no answer it is open: flushes cost nothing, and a probe is due from time
/// to time, at pauses that double. A probe that is answered closes it, and the next failure opens it again at once. Where no
/// probe comes to an end, for handlers are short and the collector is slow, a flush takes its place after ``probeGraceSeconds``.
struct CircuitBreaker: Sendable {
    private enum State {
        case closed(failureCount: Int)
        case open(since: TraceClock.Moment, pause: Duration)
    }

    /// Requests with all their tries, as a flush makes them.
    static let failureThreshold = 3
    static let firstPauseSeconds = 1
    static let maximumPauseSeconds = 60
    /// How long a probe is due before a flush takes its place.
    static let probeGraceSeconds = 5

    private var state = State.closed(failureCount: 0)
    private var nextPause = Duration.seconds(Self.firstPauseSeconds)

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Whether a flush may ask the collector.
    func allowsFlush(at now: TraceClock.Moment) -> Bool {
        guard case .open(let since, let pause) = state else { return true }
        return now.elapsed(since: since) >= pause + .seconds(Self.probeGraceSeconds)
    }

    /// Whether it is time to ask whether the collector is back.
    func isProbeDue(at now: TraceClock.Moment) -> Bool {
        if case .open(let since, let pause) = state { now.elapsed(since: since) >= pause } else { false }
    }

    /// The collector has taken a request, or refused it for good.
    mutating func noteAnswer() {
        self = CircuitBreaker()
    }

    /// A probe was answered: the next flush may try.
    mutating func noteSignOfLife() {
        state = .closed(failureCount: Self.failureThreshold - 1)
    }

    /// A request, or a probe, has come back without an answer.
    mutating func noteFailure(at now: TraceClock.Moment) {
        if case .closed(let count) = state, count + 1 < Self.failureThreshold {
            state = .closed(failureCount: count + 1)
        } else {
            state = .open(since: now, pause: nextPause)
            nextPause = min(nextPause * 2, .seconds(Self.maximumPauseSeconds))
        }
    }
}
