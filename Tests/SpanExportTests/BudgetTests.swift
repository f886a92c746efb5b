import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("The budget of a flush")
struct BudgetTests {
    /// Replies that take time, each in a different way.
    static let slow: [FakeNetwork.Reply] = [
        .silence, .answer(503), .answer(503, takes: .milliseconds(130)), .answer(429, headers: ["Retry-After": "1"]),
        .answer(429, headers: ["Retry-After": "0"], takes: .milliseconds(90)), .failure(.connectFailed),
        .failure(.connectionDropped, takes: .milliseconds(333)), .answer(200, takes: .milliseconds(701)),
        .failure(.timedOut, takes: .milliseconds(10)), .answer(400, takes: .milliseconds(450)),
    ]

    @Test("Pauses and requests together never take longer", arguments: slow, [0, 1, 4, 50, 333, 1_000, 2_000, 60_000])
    func kept(_ reply: FakeNetwork.Reply, _ milliseconds: Int) throws {
        let budget = Duration.milliseconds(milliseconds)
        let network = FakeNetwork([], then: reply)
        let buffer = try SpanBuffer(batches: ["a", "b", "c"])
        var exporter = network.exporter()
        for _ in 0..<2 {
            let start = network.clock.elapsed
            let sentBefore = network.sent.count
            let report = exporter.flush(buffer, budget: budget)
            #expect(network.clock.elapsed - start <= budget)
            for sent in network.sent[sentBefore...] {
                let timeout = try #require(sent.request.timeout)
                #expect(timeout > .zero)
                #expect(sent.time + timeout <= start + budget)
                #expect(sent.request.connectTimeout <= timeout)
            }
            #expect(report.deferredSpanCount == buffer.spanCount)
        }
    }

    @Test("No span is lost uncounted, whatever the network does", arguments: slow, [0, 50, 2_000])
    func counted(_ reply: FakeNetwork.Reply, _ milliseconds: Int) throws {
        let network = FakeNetwork([.answer(200)], then: reply)
        let buffer = try SpanBuffer(batches: ["a", "b", "c"])
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: .milliseconds(milliseconds))
        #expect(report.exportedSpanCount + report.deferredSpanCount + report.droppedSpanCount == 3)
        #expect((report.deferralReason == nil) == (report.deferredSpanCount == 0))
        #expect((report.dropReason == nil) == (report.droppedSpanCount == 0))
        #expect(report.isComplete == (report.exportedSpanCount == 3))
    }

    @Test("Without a budget nothing is sent, and the spans stay", arguments: [Duration.zero, .seconds(-5)])
    func none(_ budget: Duration) throws {
        let network = FakeNetwork([], then: .answer(200))
        let buffer = try SpanBuffer("a", "b")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.deferredSpanCount == 2)
        #expect(report.deferralReason?.isEmpty == false)
        #expect(network.sent.isEmpty)
        #expect(exporter.flush(buffer, budget: .seconds(2)).counts == FlushReport(exportedSpanCount: 2))
    }

    @Test("One request may take what the destination allows, or what is left of the budget")
    func requestTimeout() throws {
        var destination = ExportDestination.collector()
        destination.requestTimeout = .milliseconds(800)
        let slow = FakeNetwork.Reply.answer(503, takes: .milliseconds(700))
        let network = FakeNetwork([slow, slow, .silence])
        var exporter = network.exporter(destination)
        _ = exporter.flush(try SpanBuffer("a"), budget: .seconds(2))
        let timeouts = network.sent.map(\.request.timeout)
        #expect(timeouts.count == 3)
        #expect(timeouts.prefix(2) == [.milliseconds(800), .milliseconds(800)])
        let last = try #require(network.sent.last)
        #expect(last.request.timeout == .seconds(2) - last.time)
    }
}
