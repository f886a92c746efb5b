import SessionTracing
import Testing

@testable import SpanExport

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static let start = instant(after: .zero)

    /// Returns an instant on both clocks.
    private static func instant(after duration: Duration) -> TraceClock.Instant {
        TraceClock.Instant(
            wallNanoseconds: 1_000 + duration.wholeNanoseconds,
            monotonicNanoseconds: duration.wholeNanoseconds
        )
    }

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failureThreshold { breaker.recordFailure(at: Self.start) }
        return breaker
    }

    @Test("It opens after so many failures in a row, and not before")
    func threshold() {
        var breaker = CircuitBreaker()
        for _ in 1..<CircuitBreaker.failureThreshold {
            breaker.recordFailure(at: Self.start)
            #expect(!breaker.isOpen)
        }
        breaker.recordFailure(at: Self.start)
        #expect(breaker.isOpen)
    }

    @Test("An answer in between sets the count back")
    func interrupted() {
        var breaker = CircuitBreaker()
        for _ in 0..<10 {
            for _ in 1..<CircuitBreaker.failureThreshold { breaker.recordFailure(at: Self.start) }
            breaker.recordAnswer()
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
            breaker.recordFailure(at: Self.instant(after: now))
        }
        #expect(breaker.isOpen)
    }

    @Test("A probe's answer closes it on probation: the next failure opens it again, with the longer pause")
    func probation() {
        var breaker = opened()
        breaker.recordProbeAnswer()
        #expect(!breaker.isOpen)
        breaker.recordFailure(at: Self.start)
        #expect(breaker.isOpen)
        #expect(!breaker.isProbeDue(at: Self.instant(after: .seconds(1))))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(2))))
    }

    @Test("An answer after the probation forgets all")
    func forgiven() {
        var breaker = opened()
        breaker.recordProbeAnswer()
        breaker.recordAnswer()
        breaker.recordFailure(at: Self.start)
        #expect(!breaker.isOpen)
    }

    @Test("Failures of requests that were sent before it opened do not lengthen the pause", arguments: [1, 4, 16])
    func burst(_ workerCount: Int) {
        var breaker = opened()
        for _ in 0..<workerCount { breaker.recordFailure(at: Self.instant(after: .milliseconds(300))) }
        #expect(!breaker.isProbeDue(at: Self.instant(after: .milliseconds(999))))
        #expect(breaker.isProbeDue(at: Self.instant(after: .seconds(CircuitBreaker.firstPauseSeconds))))
    }

    @Test("A probe that never comes to its end holds nothing up for long: a flush takes its place")
    func grace() {
        var breaker = opened()
        let due = Duration.seconds(CircuitBreaker.firstPauseSeconds + CircuitBreaker.probeGraceSeconds)
        #expect(!breaker.allowsFlush(at: Self.instant(after: due - .nanoseconds(1))))
        #expect(breaker.allowsFlush(at: Self.instant(after: due)))
        breaker.recordFailure(at: Self.instant(after: due))
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
