import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("Requests for sessions, sent with the spans")
struct SessionRequestTests {
    private let budget = Duration.seconds(2)
    private let start = SessionRequest(kind: .start, body: Array(#"{"session":{}}"#.utf8))
    private let enrich = SessionRequest(kind: .enrich, body: Array(#"{"event_id":"x"}"#.utf8))

    @Test("The session is created before its spans and enriched after them")
    func order() throws {
        let network = FakeNetwork([], then: .answer(200))
        let buffer = try SpanBuffer("a", format: .honeyHiveJSON)
        buffer.append(enrich)
        buffer.append(start)
        var exporter = network.exporter(try honeyHive())
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.isComplete)
        #expect(report.exportedSpanCount == 1)
        let sent = network.sent.map { "\($0.request.method.rawValue) \($0.request.url)" }
        #expect(
            sent == [
                "POST http://h/session/start", "POST http://h/opentelemetry/v1/traces", "PUT http://h/events",
            ]
        )
        #expect(network.bodies.first == start.body)
        #expect(network.bodies.last == enrich.body)
        for request in network.sent.map(\.request) {
            #expect(request.headers["Authorization"] == "Bearer key")
            #expect(request.headers["Content-Type"] == "application/json")
        }
    }

    @Test("A request that may be tried again waits for the next flush, and what comes after it too")
    func deferred() throws {
        let network = FakeNetwork([.answer(200), .answer(200), .silence], then: .answer(200))
        let buffer = try SpanBuffer("a", format: .honeyHiveJSON)
        buffer.append(start)
        buffer.append(enrich)
        var exporter = network.exporter(try honeyHive())
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.exportedSpanCount == 1)
        #expect(report.deferredSessionUpdateCount == 1)
        #expect(report.deferralReason?.isEmpty == false)
        #expect(!report.isComplete)
        #expect(exporter.flush(buffer, budget: budget).isComplete)
        #expect(network.sent.count == 4)
        #expect(network.bodies.last == enrich.body)
    }

    @Test("A request that HoneyHive refuses is counted, and keeps no span back", arguments: [400, 401, 404])
    func refused(_ status: Int) throws {
        let network = FakeNetwork([.answer(status), .answer(200), .answer(status)])
        let buffer = try SpanBuffer("a", format: .honeyHiveJSON)
        buffer.append(start)
        buffer.append(enrich)
        var exporter = network.exporter(try honeyHive())
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.exportedSpanCount == 1)
        #expect(report.droppedSessionUpdateCount == 2)
        #expect(report.dropReason?.contains("\(status)") == true)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport())
    }

    @Test(
        "A session has started with HTTP 200 only; another success is a refusal that says so",
        arguments: [201, 202, 204]
    )
    func startedWith200Only(_ status: Int) throws {
        let network = FakeNetwork([.answer(status), .answer(status), .answer(status)])
        let buffer = try SpanBuffer("a", format: .honeyHiveJSON)
        buffer.append(start)
        buffer.append(enrich)
        var exporter = network.exporter(try honeyHive())
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.exportedSpanCount == 1)
        #expect(report.droppedSessionUpdateCount == 1)
        #expect(report.dropReason?.contains("HTTP \(status)") == true)
        #expect(report.dropReason?.contains("only HTTP 200 is a success") == true)
        #expect(exporter.flush(buffer, budget: budget) == FlushReport())
        #expect(network.sent.count == 3)
    }

    @Test("A collector that is not HoneyHive gets none of them")
    func otherCollector() throws {
        let network = FakeNetwork([], then: .answer(200))
        let buffer = try SpanBuffer("a")
        buffer.append(start)
        buffer.append(enrich)
        var exporter = network.exporter()
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 1))
        #expect(network.sent.map(\.request.url) == ["http://collector.invalid:4318/v1/traces"])
    }

    @Test("A session service that does not answer delays no span", arguments: [false, true])
    func independent(_ isSilent: Bool) throws {
        let network = FakeNetwork([])
        let buffer = try SpanBuffer(format: .honeyHiveJSON)
        var exporter = network.exporter(try honeyHive())
        for number in 1...10 {
            buffer.append(try SpanRecord.named("a"))
            buffer.append(start)
            // After three failures its own circuit breaker is open.
            if number <= 3 { network.add(isSilent ? .silence : .failure(.tlsFailed)) }
            network.add(.answer(200))
            let began = network.clock.elapsed
            let report = exporter.flush(buffer, budget: budget)
            #expect(report.exportedSpanCount == 1)
            #expect(report.deferredSpanCount == 0)
            #expect(report.deferredSessionUpdateCount == number)
            #expect(network.clock.elapsed - began <= budget)
        }
        #expect(network.sent.count == 13)
    }

    @Test("A pause that one path asks for does not silence the other")
    func pauses() throws {
        let network = FakeNetwork([.answer(429, headers: ["Retry-After": "86400"])], then: .answer(200))
        let buffer = try SpanBuffer("a", format: .honeyHiveJSON)
        buffer.append(start)
        var exporter = network.exporter(try honeyHive())
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.exportedSpanCount == 1)
        #expect(report.deferredSessionUpdateCount == 1)
        network.clock.advance(by: .seconds(299))
        #expect(exporter.flush(buffer, budget: .milliseconds(500)).deferredSessionUpdateCount == 1)
        network.clock.advance(by: .seconds(1))
        #expect(exporter.flush(buffer, budget: budget).isComplete)
        #expect(network.sent.count == 3)
        #expect(network.bodies.last == start.body)

        network.add(.answer(429, headers: ["Retry-After": "86400"]), .answer(200))
        buffer.append(try SpanRecord.named("b"))
        buffer.append(enrich)
        let reverse = exporter.flush(buffer, budget: budget)
        #expect(reverse.deferredSpanCount == 1)
        #expect(reverse.deferredSessionUpdateCount == 0)
        #expect(network.bodies.last == enrich.body)
    }

    @Test("They share the spans' budget")
    func sharedBudget() throws {
        let network = FakeNetwork([], then: .answer(200, takes: .milliseconds(900)))
        let buffer = try SpanBuffer("a", format: .honeyHiveJSON)
        buffer.append(start)
        buffer.append(enrich)
        var exporter = network.exporter(try honeyHive())
        let report = exporter.flush(buffer, budget: budget)
        #expect(network.clock.elapsed <= budget)
        #expect(report.exportedSpanCount == 1)
        #expect(report.deferredSessionUpdateCount == 1)
    }

    private func honeyHive() throws -> ExportDestination {
        var reader = SettingsReader([.apiKey: "key", .apiURL: "http://h"])
        return try #require(
            try ExportDestination.resolve(&reader, overrides: ExportOverrides(), source: "dev", version: "1")
        )
    }
}
