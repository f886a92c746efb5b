import CurlTransport
import SessionTracing
import Testing

@testable import SpanExport

@Suite("What is done for a flush beforehand")
struct PreparationTests {
    private static let budget = Duration.seconds(2)
    private static let idle = Duration.seconds(HTTPSpanExporter<CurlHandle>.maximumIdleSeconds)

    @Test("A connection is opened by a HEAD that carries no key, and is then trusted")
    func connect() throws {
        let network = FakeNetwork([], then: .answer(405))
        var exporter = network.exporter()
        #expect(exporter.preparation == .connect)
        exporter.prepare(timeout: .seconds(1), interrupt: nil)
        #expect(exporter.preparation == .none)
        let request = try #require(network.sent.first?.request)
        #expect(request.method == .head)
        #expect(request.headers["Authorization"] == nil)
        #expect(request.timeout == .seconds(1))
    }

    @Test(
        "A connection that was idle for long is neither trusted nor used, by whichever clock",
        arguments: [true, false]
    )
    func stale(monotonicStops: Bool) throws {
        let network = FakeNetwork([], then: .answer(200))
        var exporter = network.exporter()
        let buffer = try SpanBuffer("a")
        _ = exporter.flush(buffer, budget: Self.budget)
        buffer.append(try .named("b"))
        _ = exporter.flush(buffer, budget: Self.budget)
        #expect(network.sent.map(\.request.needsNewConnection) == [true, false])
        #expect(exporter.preparation == .none)

        if monotonicStops {
            network.clock.stepWall(by: Self.idle + .seconds(1))
        } else {
            network.clock.advance(by: Self.idle + .seconds(1))
        }
        #expect(exporter.preparation == .connect)
        buffer.append(try .named("c"))
        _ = exporter.flush(buffer, budget: Self.budget)
        #expect(network.sent.last?.request.needsNewConnection == true)
    }

    @Test("After a failed exchange the next one starts on a new connection")
    func afterFailure() throws {
        let network = FakeNetwork([.answer(200), .failure(.connectionDropped)], then: .answer(200))
        var exporter = network.exporter()
        let buffer = try SpanBuffer("a")
        _ = exporter.flush(buffer, budget: Self.budget)
        buffer.append(try .named("b"))
        _ = exporter.flush(buffer, budget: Self.budget)
        #expect(network.sent.map(\.request.needsNewConnection) == [true, false, true])
    }

    /// Returns an exporter whose circuit breaker is open.
    private func cutOff(_ network: FakeNetwork, _ buffer: SpanBuffer) -> HTTPSpanExporter<FakeNetwork.Transport> {
        var exporter = network.exporter()
        for _ in 0..<CircuitBreaker.failureThreshold { _ = exporter.flush(buffer, budget: Self.budget) }
        return exporter
    }

    @Test("A collector that stays silent is left alone: flushes cost nothing, and the spans stay")
    func open() throws {
        let network = FakeNetwork([], then: .silence)
        let buffer = try SpanBuffer("a")
        var exporter = cutOff(network, buffer)
        let (requestCount, time) = (network.sent.count, network.clock.elapsed)
        for _ in 0..<5 {
            let report = exporter.flush(buffer, budget: Self.budget)
            #expect(report.deferredSpanCount == 1)
            #expect(report.deferralReason?.isEmpty == false)
        }
        #expect(network.sent.count == requestCount)
        #expect(network.clock.elapsed == time)
        #expect(exporter.preparation == .none)
    }

    @Test("The last chance of all is taken, whatever the breaker says")
    func lastChance() throws {
        let network = FakeNetwork(
            Array(repeating: .silence, count: CircuitBreaker.failureThreshold),
            then: .answer(200)
        )
        let buffer = try SpanBuffer("a")
        var exporter = cutOff(network, buffer)
        #expect(exporter.flush(buffer, budget: Self.budget, isLastChance: true).exportedSpanCount == 1)
    }

    @Test("A probe that is answered lets the next flush deliver what has waited", arguments: [200, 404, 405])
    func recovers(_ status: Int) throws {
        let network = FakeNetwork(
            Array(repeating: .silence, count: CircuitBreaker.failureThreshold) + [.answer(status)],
            then: .answer(200)
        )
        let buffer = try SpanBuffer("a")
        var exporter = cutOff(network, buffer)
        network.clock.advance(by: .seconds(CircuitBreaker.firstPauseSeconds))
        #expect(exporter.preparation == .probe)
        exporter.prepare(timeout: .seconds(1), interrupt: nil)
        #expect(exporter.flush(buffer, budget: Self.budget).exportedSpanCount == 1)
    }

    @Test("A gateway's error is no answer of the collector, and neither is a failed probe")
    func staysOpen() throws {
        for reply in [FakeNetwork.Reply.answer(503), .failure(.connectFailed), .silence] {
            let network = FakeNetwork(Array(repeating: .silence, count: CircuitBreaker.failureThreshold) + [reply])
            let buffer = try SpanBuffer("a")
            var exporter = cutOff(network, buffer)
            network.clock.advance(by: .seconds(CircuitBreaker.firstPauseSeconds))
            exporter.prepare(timeout: .seconds(1), interrupt: nil)
            #expect(exporter.preparation == .none)
            #expect(exporter.flush(buffer, budget: Self.budget).deferredSpanCount == 1)
        }
    }

    @Test("A probe that is broken off says nothing: it is due again at once")
    func interrupted() throws {
        let network = FakeNetwork([], then: .silence)
        let buffer = try SpanBuffer("a")
        var exporter = cutOff(network, buffer)
        network.clock.advance(by: .seconds(CircuitBreaker.firstPauseSeconds))
        let interrupt = CurlInterrupt()
        interrupt.raise()
        exporter.prepare(timeout: .seconds(1), interrupt: interrupt)
        #expect(exporter.preparation == .probe)
    }

    @Test(
        "A collector that asks for a pause, or refuses spans, is there: the breaker stays closed",
        arguments: [429, 400, 413]
    )
    func alive(_ status: Int) throws {
        let headers: HTTPHeaders = status == 429 ? ["Retry-After": "0"] : [:]
        let network = FakeNetwork([], then: .answer(status, headers: headers))
        var exporter = network.exporter()
        for _ in 0..<10 { _ = exporter.flush(try SpanBuffer("a"), budget: .milliseconds(20)) }
        #expect(exporter.preparation == .none)
        let requestCount = network.sent.count
        _ = exporter.flush(try SpanBuffer("a"), budget: Self.budget)
        #expect(network.sent.count > requestCount)
    }
}
