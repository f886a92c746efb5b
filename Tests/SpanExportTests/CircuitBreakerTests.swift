import SessionTracing
import Testing

@testable import SpanExport

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static let start = instant(after: .zero)

    /// Returns an instant on both clocks.
    fileprivate static func instant(after duration: Duration) -> TraceClock.Instant {
        TraceClock.Instant(
            wallNanoseconds: 1_000 + duration.wholeNanoseconds,
            monotonicNanoseconds: duration.wholeNanoseconds
        )
    }

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failureThreshold { breaker.fail(at: .zero) }
        return breaker
    }

    @Test("It opens after so many failures in a row, and not before")
    func threshold() {
        var breaker = CircuitBreaker()
        for _ in 1..<CircuitBreaker.failureThreshold {
            breaker.fail(at: .zero)
            #expect(!breaker.isOpen)
        }
        breaker.fail(at: .zero)
        #expect(breaker.isOpen)
    }

    @Test("An answer in between sets the count back")
    func interrupted() {
        var breaker = CircuitBreaker()
        for _ in 0..<10 {
            for _ in 1..<CircuitBreaker.failureThreshold { breaker.fail(at: .zero) }
            breaker.recordAnswer(at: Self.start)
        }
        #expect(!breaker.isOpen)
    }

    @Test("Probes are due after pauses that double, up to a limit")
    func pauses() {
        var breaker = opened()
        var now = Duration.zero
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(
                !breaker.isProbeDue(at: Self.instant(after: now + .seconds(seconds) - .nanoseconds(1))),
                "\(seconds) s"
            )
            now += .seconds(seconds)
            #expect(breaker.isProbeDue(at: Self.instant(after: now)), "\(seconds) s")
            breaker.fail(at: now)
        }
        #expect(breaker.isOpen)
    }

    @Test("A probe's answer closes it on probation: the next failure opens it again, with the longer pause")
    func probation() {
        var breaker = opened()
        breaker.recordProbeAnswer(at: Self.start)
        #expect(!breaker.isOpen)
        breaker.fail(at: .zero)
        #expect(breaker.isOpen)
        #expect(!breaker.isProbeDue(at: Self.instant(after: .seconds(1))))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(2))))
    }

    @Test("An answer after the probation forgets all")
    func forgiven() {
        var breaker = opened()
        breaker.recordProbeAnswer(at: Self.start)
        breaker.recordAnswer(at: Self.start)
        breaker.fail(at: .zero)
        #expect(!breaker.isOpen)
    }

    @Test("Failures of requests that were sent before it opened do not lengthen the pause", arguments: [1, 4, 16])
    func burst(_ workerCount: Int) {
        var breaker = opened()
        for _ in 0..<workerCount { breaker.fail(at: .milliseconds(300)) }
        #expect(!breaker.isProbeDue(at: Self.instant(after: .milliseconds(999))))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(CircuitBreaker.firstPauseSeconds))))
    }

    @Test("Failures of requests that began before the probe was due do not lengthen the pause, whenever they end")
    func lateFailures() {
        var breaker = opened()
        // Sent before the breaker opened, with a timeout of 2 s.
        breaker.fail(from: .zero, at: .milliseconds(1_800))
        // Sent in the pause, by a flush that takes the last chance.
        breaker.fail(from: .milliseconds(999), at: .milliseconds(2_999))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(CircuitBreaker.firstPauseSeconds))))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(3))))
        // A probe.
        breaker.fail(from: .seconds(1), at: .seconds(3))
        #expect(!breaker.isProbeDue(at: Self.instant(after: .milliseconds(4_999))))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(5))))
    }

    @Test("Of the probes of several workers, the first failure alone lengthens the pause")
    func concurrentProbes() {
        var breaker = opened()
        for number in 0..<16 { breaker.fail(from: .milliseconds(1_000 + number), at: .milliseconds(3_000 + number)) }
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(5))))
    }

    @Test("Failures of requests that began before the recovery do not open it again", arguments: [true, false])
    func recovery(byProbe: Bool) {
        var breaker = opened()
        let recovery = Self.instant(after: .milliseconds(1_100))
        if byProbe { breaker.recordProbeAnswer(at: recovery) } else { breaker.recordAnswer(at: recovery) }
        for _ in 0..<16 { breaker.fail(from: .milliseconds(900), at: .milliseconds(2_900)) }
        #expect(!breaker.isOpen)
        breaker.recordAnswer(at: Self.instant(after: .seconds(3)))
        for _ in 0..<16 { breaker.fail(from: .milliseconds(1_000), at: .seconds(3)) }
        #expect(!breaker.isOpen)
        for _ in 0..<CircuitBreaker.failureThreshold { breaker.fail(from: .seconds(3), at: .seconds(5)) }
        #expect(breaker.isOpen)
    }

    @Test("A probe that never comes to its end holds nothing up for long: a flush takes its place")
    func grace() {
        var breaker = opened()
        let due = Duration.seconds(CircuitBreaker.firstPauseSeconds + CircuitBreaker.probeGraceSeconds)
        #expect(!breaker.allowsFlush(at: Self.instant(after: due - .nanoseconds(1))))
        #expect(breaker.allowsFlush(at: Self.instant(after: due)))
        breaker.fail(at: due)
        #expect(!breaker.allowsFlush(at: Self.instant(after: due)))
    }

    @Test("In a freeze time passes, whichever clock stood still", arguments: [true, false])
    func frozen(wallStops: Bool) {
        let hour = Duration.seconds(3_600).wholeNanoseconds
        let thawed = TraceClock.Instant(
            wallNanoseconds: wallStops ? 0 : hour,
            monotonicNanoseconds: wallStops ? hour : 1
        )
        #expect(opened().isProbeDue(at: thawed))
        #expect(opened().allowsFlush(at: thawed))
    }
}

extension CircuitBreaker {
    /// Records the failure of a request that began at a time, by default at that of the failure.
    fileprivate mutating func fail(from start: Duration? = nil, at end: Duration) {
        recordFailure(
            ofRequestAt: CircuitBreakerTests.instant(after: start ?? end),
            at: CircuitBreakerTests.instant(after: end)
        )
    }
}
