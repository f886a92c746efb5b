import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("Trying again")
struct RetryTests {
    private let budget = Duration.seconds(2)

    static let retryable: [FakeNetwork.Reply] = [
        .answer(429), .answer(502), .answer(503), .answer(504), .failure(.connectFailed), .failure(.resolveFailed),
        .failure(.connectionDropped),
    ]

    @Test("What OTLP calls retryable is tried again with the same bytes, after delays that grow", arguments: retryable)
    func retry(_ reply: FakeNetwork.Reply) throws {
        let network = FakeNetwork([reply, reply, reply, .answer(200)])
        var exporter = network.exporter()
        let report = exporter.flush(try SpanBuffer("a", "b"), budget: budget)
        #expect(report.counts == FlushReport(exportedSpanCount: 2))
        #expect(network.sent.count == 4)
        #expect(Set(network.bodies).count == 1)
        #expect(network.waits.count == 3)
        #expect(network.waits.allSatisfy { $0 > .zero })
        #expect(zip(network.waits, network.waits.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("What never succeeds is given up within the budget, and the spans stay", arguments: retryable)
    func givenUp(_ reply: FakeNetwork.Reply) throws {
        let network = FakeNetwork([], then: reply)
        let buffer = try SpanBuffer("a", "b")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.deferredSpanCount == 2)
        #expect(report.deferralReason?.isEmpty == false)
        #expect(report.droppedSpanCount == 0)
        #expect(network.sent.count > 1)
        #expect(network.clock.elapsed <= budget)
    }

    // A pause after the last attempt would only delay the response.
    @Test("After the last attempt there is no pause", arguments: [51, 54, 60, 151, 154, 352, 2_000, 3_000_000])
    func noPauseAtTheEnd(_ milliseconds: Int) throws {
        let budget = Duration.milliseconds(milliseconds)
        let network = FakeNetwork([], then: .answer(503))
        var exporter = network.exporter()
        _ = exporter.flush(try SpanBuffer("a"), budget: budget)
        #expect(network.waits.count == network.sent.count - 1)
        #expect(network.clock.elapsed == network.sent.last?.time)
    }

    @Test(
        "What may have arrived, or needs a person, is not tried again in the same flush; the spans stay",
        arguments: [CurlError.Code.timedOut, .tlsFailed, .other]
    )
    func deferred(_ code: CurlError.Code) throws {
        let network = FakeNetwork([.failure(code), .answer(200)])
        let buffer = try SpanBuffer("a", "b")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(network.sent.count == 1)
        #expect(report.deferredSpanCount == 2)
        #expect(report.deferralReason?.contains(code.rawValue) == true)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 2))
        #expect(Set(network.bodies).count == 1)
    }

    @Test("Spans that stay keep their order, before those that come later")
    func order() throws {
        let network = FakeNetwork([.silence, .answer(200)])
        let buffer = try SpanBuffer("a", "b")
        var exporter = network.exporter()
        _ = exporter.flush(buffer, budget: budget)
        buffer.append(try .named("c"))
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 3))
        #expect(try network.bodies.map { try spanNames($0) } == [["a", "b"], ["a", "b", "c"]])
    }

    @Test("When a batch must wait, those behind it wait too, and all keep their order and bytes")
    func laterBatchesWait() throws {
        let network = FakeNetwork([.answer(200), .failure(.timedOut)], then: .answer(200))
        let buffer = try SpanBuffer(batches: ["a", "b", "c"])
        var exporter = network.exporter()
        let first = exporter.flush(buffer, budget: budget)
        #expect(first.exportedSpanCount == 1)
        #expect(first.deferredSpanCount == 2)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 2))
        let bodies = network.bodies
        #expect(try bodies.map { try spanNames($0) } == [["a"], ["b"], ["b"], ["c"]])
        #expect(bodies[1] == bodies[2])
    }

    @Test("An answer that settles the matter ends the trying", arguments: [400, 401, 500])
    func refusedOnRetry(_ status: Int) throws {
        let network = FakeNetwork([.answer(503), .answer(status)])
        var exporter = network.exporter()
        let report = exporter.flush(try SpanBuffer("a"), budget: budget)
        #expect(network.sent.count == 2)
        #expect(report.droppedSpanCount == 1)
        #expect(report.deferredSpanCount == 0)
    }
}
