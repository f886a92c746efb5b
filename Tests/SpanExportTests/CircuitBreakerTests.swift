import SessionTracing
import Testing

@testable import SpanExport

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static let second: UInt64 = 1_000_000_000

    private func opened(at now: UInt64 = 0) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failureThreshold { breaker.noteFailure(at: now) }
        return breaker
    }

    @Test("It opens after so many failures in a row, and not before")
    func threshold() {
        var breaker = CircuitBreaker()
        for _ in 1..<CircuitBreaker.failureThreshold {
            breaker.noteFailure(at: 0)
            #expect(!breaker.isOpen)
        }
        breaker.noteFailure(at: 0)
        #expect(breaker.isOpen)
    }

    @Test("An answer in between sets the count back")
    func interrupted() {
        var breaker = CircuitBreaker()
        for _ in 0..<10 {
            for _ in 1..<CircuitBreaker.failureThreshold { breaker.noteFailure(at: 0) }
            breaker.noteAnswer()
        }
        #expect(!breaker.isOpen)
    }

    @Test("Probes are due after pauses that double, up to a limit")
    func pauses() {
        var breaker = opened()
        var now: UInt64 = 0
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] as [UInt64] {
            #expect(!breaker.isProbeDue(at: now + seconds * Self.second - 1), "\(seconds) s")
            now += seconds * Self.second
            #expect(breaker.isProbeDue(at: now), "\(seconds) s")
            breaker.noteFailure(at: now)
        }
        #expect(breaker.isOpen)
    }

    @Test("A sign of life closes it on probation: the next failure opens it again, with the longer pause")
    func probation() {
        var breaker = opened()
        breaker.noteSignOfLife()
        #expect(!breaker.isOpen)
        breaker.noteFailure(at: 0)
        #expect(breaker.isOpen)
        #expect(!breaker.isProbeDue(at: Self.second))
        #expect(breaker.isProbeDue(at: 2 * Self.second))
    }

    @Test("An answer after the probation forgets all")
    func forgiven() {
        var breaker = opened()
        breaker.noteSignOfLife()
        breaker.noteAnswer()
        breaker.noteFailure(at: 0)
        #expect(!breaker.isOpen)
        #expect(opened(at: 5).isProbeDue(at: 5 + Self.second))
    }
}
