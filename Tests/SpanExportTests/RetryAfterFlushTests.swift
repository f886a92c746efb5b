import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("A collector that asks for a pause")
struct RetryAfterFlushTests {
    private static let budget = Duration.seconds(2)

    @Test(
        "A pause within the budget is kept, and the spans go out in the same flush",
        arguments: ["1", "Fri, 15 Jan 2027 08:00:01 GMT"]
    )
    func withinBudget(_ value: String) throws {
        let network = FakeNetwork([.answer(429, headers: ["Retry-After": value]), .answer(200)])
        var exporter = network.exporter()
        let report = exporter.flush(try SpanBuffer("a"), budget: Self.budget)
        #expect(report.counts == FlushReport(exportedSpanCount: 1))
        #expect(network.sent.map(\.time) == [.zero, .seconds(1)])
    }

    @Test("A pause beyond the budget is not begun: the spans stay")
    func beyondBudget() throws {
        let network = FakeNetwork([.answer(503, headers: ["Retry-After": "3"])])
        let buffer = try SpanBuffer("a")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: Self.budget)
        #expect(report.deferredSpanCount == 1)
        #expect(network.sent.count == 1)
        #expect(network.clock.elapsed == .zero)
    }

    @Test("A pause that leaves no time for a request is not begun", arguments: [1_000, 1_001, 1_004])
    func noTimeAfterwards(_ milliseconds: Int) throws {
        let budget = Duration.milliseconds(milliseconds)
        let network = FakeNetwork([.answer(503, headers: ["Retry-After": "1"])], then: .answer(200))
        let buffer = try SpanBuffer("a")
        var exporter = network.exporter()
        for _ in 0..<2 {
            #expect(exporter.flush(buffer, budget: budget).deferredSpanCount == 1)
            #expect(network.sent.count == 1)
            #expect(network.waits.isEmpty)
        }
    }

    @Test("The pause is kept over the end of a flush: no request goes out before its end")
    func remembered() throws {
        let network = FakeNetwork([.answer(503, headers: ["Retry-After": "10"])], then: .answer(200))
        let buffer = try SpanBuffer("a")
        var exporter = network.exporter()
        _ = exporter.flush(buffer, budget: Self.budget)

        network.clock.advance(by: .seconds(5))
        let second = exporter.flush(buffer, budget: Self.budget)
        #expect(second.deferredSpanCount == 1)
        #expect(second.deferralReason?.isEmpty == false)
        #expect(network.sent.count == 1)
        #expect(network.clock.elapsed == .seconds(5))

        network.clock.advance(by: .seconds(4))
        let third = exporter.flush(buffer, budget: Self.budget)
        #expect(third.counts == FlushReport(exportedSpanCount: 1))
        #expect(network.sent.map(\.time) == [.zero, .seconds(10)])
    }

    @Test("A pause of a day ends after five minutes, and the spans of all that time go out", arguments: [429, 503])
    func day(_ status: Int) throws {
        let network = FakeNetwork([.answer(status, headers: ["Retry-After": "86400"])], then: .answer(200))
        let buffer = try SpanBuffer("a")
        var exporter = network.exporter()
        #expect(exporter.flush(buffer, budget: Self.budget).deferredSpanCount == 1)
        network.clock.advance(by: .seconds(290))
        #expect(exporter.flush(buffer, budget: Self.budget).deferredSpanCount == 1)
        #expect(network.sent.count == 1)
        network.clock.advance(by: .seconds(10))
        #expect(exporter.flush(buffer, budget: Self.budget).counts == FlushReport(exportedSpanCount: 1))
        #expect(network.sent.map(\.time) == [.zero, .seconds(300)])
    }

    @Test("After the pause the collector is asked again at once")
    func over() throws {
        let network = FakeNetwork([.answer(503, headers: ["Retry-After": "10"])], then: .answer(200))
        let buffer = try SpanBuffer("a")
        var exporter = network.exporter()
        _ = exporter.flush(buffer, budget: Self.budget)
        network.clock.advance(by: .seconds(11))
        _ = exporter.flush(buffer, budget: Self.budget)
        #expect(network.sent.map(\.time) == [.zero, .seconds(11)])
        #expect(network.waits.isEmpty)
    }

    @Test("A pause of no length, asked for again and again, does not make a storm")
    func zero() throws {
        let network = FakeNetwork([], then: .answer(503, headers: ["Retry-After": "0"]))
        var exporter = network.exporter()
        let report = exporter.flush(try SpanBuffer("a"), budget: Self.budget)
        #expect(report.deferredSpanCount == 1)
        #expect(network.sent.count <= 10)
        // A shorter pause than the own back-off does not shorten it.
        #expect(network.waits.first == .milliseconds(50))
        #expect(network.waits.dropFirst().first == .milliseconds(100))
    }
}
