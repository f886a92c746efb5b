import CurlTransport
import SessionTracing
import Testing

@testable import SpanExport

@Suite("A collector that calls a request too large")
struct TooLargeTests {
    private let budget = Duration.seconds(2)

    private func buffer(_ sizes: [Int], format: SpanFormat = .json) throws -> SpanBuffer {
        let buffer = SpanBuffer(encoder: SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0"))
        for (index, size) in sizes.enumerated() { buffer.append(try .named("s\(index)", payloadBytes: size)) }
        return buffer
    }

    /// Returns the names of the spans in the accepted requests, in order.
    private func accepted(_ network: FakeNetwork, limit: Int) throws -> [[String]] {
        try network.bodies.filter { $0.count <= limit }.map { try spanNames($0) }
    }

    @Test("The batch is halved, and both spans arrive")
    func twoSpans() throws {
        let network = FakeNetwork([], then: .limit(900_000))
        let buffer = try buffer([525_000, 525_000])
        var exporter = network.exporter()
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 2))
        #expect(try accepted(network, limit: 900_000) == [["s0"], ["s1"]])
        #expect(network.sent.count == 3)
        #expect(buffer.isEmpty)
    }

    @Test("A span that is refused alone is dropped with its cause, and no other one", arguments: [0, 3, 7])
    func oneTooLarge(index: Int) throws {
        let network = FakeNetwork([], then: .limit(100_000))
        let buffer = try buffer((0..<8).map { $0 == index ? 300_000 : 1_000 })
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.exportedSpanCount == 7)
        #expect(report.droppedSpanCount == 1)
        #expect(report.deferredSpanCount == 0)
        #expect(report.dropReason?.contains("HTTP 413") == true)
        let names = (0..<8).filter { $0 != index }.map { "s\($0)" }
        #expect(try accepted(network, limit: 100_000).flatMap(\.self) == names)
    }

    @Test("Every span arrives once, in order, whatever the limit", arguments: [2_600, 3_500, 10_000, 41_000])
    func recursion(limit: Int) throws {
        let network = FakeNetwork([], then: .limit(limit))
        let buffer = try buffer((0..<40).map { 400 + 37 * $0 })
        var exporter = network.exporter()
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 40))
        #expect(try accepted(network, limit: limit).flatMap(\.self) == (0..<40).map { "s\($0)" })
        // The size that was refused is not tried again in the same flush.
        let refused = network.bodies.map(\.count).filter { $0 > limit }
        #expect(refused == refused.sorted(by: >))
    }

    @Test("A larger span that is refused alone does not raise the size that is known to be refused")
    func smallestRefused() throws {
        let network = FakeNetwork([], then: .limit(3_000))
        let buffer = try buffer([1_500, 1_500, 300_000, 1_500, 1_500])
        var exporter = network.exporter()
        #expect(exporter.flush(buffer, budget: budget).exportedSpanCount == 4)
        let expected = [
            ["s0", "s1", "s2", "s3", "s4"], ["s0", "s1", "s2"], ["s0", "s1"], ["s0"], ["s1"], ["s2"], ["s3"], ["s4"],
        ]
        #expect(try network.bodies.map { try spanNames($0) } == expected)
    }

    @Test("Protobuf is split between two spans as well")
    func protobuf() throws {
        let network = FakeNetwork([], then: .limit(2_000))
        let buffer = try buffer(Array(repeating: 700, count: 5), format: .protobuf)
        var exporter = network.exporter(.collector(.protobuf))
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 5))
    }

    @Test("A collector that refuses every size gets each span once alone, and no more requests than there are parts")
    func refusesAll() throws {
        let network = FakeNetwork([], then: .answer(413))
        var exporter = network.exporter()
        let report = exporter.flush(try buffer(Array(repeating: 0, count: 16)), budget: budget)
        #expect(report.droppedSpanCount == 16)
        #expect(network.sent.count <= 31)
        #expect(try network.bodies.map { try spanNames($0) }.filter { $0.count == 1 }.count == 16)
    }

    @Test("What the budget leaves no time for stays, and is sent by the next flush")
    func budgetEnds() throws {
        let slow = FakeNetwork.Reply.answer(413, takes: .milliseconds(950))
        let network = FakeNetwork([slow, .answer(200, takes: .milliseconds(1_045))], then: .answer(200))
        let buffer = try buffer([10, 10, 10, 10])
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.exportedSpanCount == 2)
        #expect(report.deferredSpanCount == 2)
        #expect(report.droppedSpanCount == 0)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 2))
        let expected = [["s0", "s1", "s2", "s3"], ["s0", "s1"], ["s2", "s3"]]
        #expect(try network.bodies.map { try spanNames($0) } == expected)
    }

    @Test("A half that can be retried stays, with the other one")
    func halfDeferred() throws {
        let network = FakeNetwork([.answer(413), .failure(.timedOut)], then: .answer(200))
        let buffer = try buffer([10, 10])
        var exporter = network.exporter()
        #expect(exporter.flush(buffer, budget: budget).deferredSpanCount == 2)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 2))
        #expect(try network.bodies.map { try spanNames($0) } == [["s0", "s1"], ["s0"], ["s0"], ["s1"]])
    }

    @Test("The limit of one flush is forgotten by the next: a smaller request may be taken, and a larger one too")
    func nextFlush() throws {
        let network = FakeNetwork([.answer(413)], then: .answer(200))
        let buffer = try buffer([10, 10])
        var exporter = network.exporter()
        _ = exporter.flush(buffer, budget: budget)
        for name in ["x", "y", "z"] { buffer.append(try .named(name)) }
        _ = exporter.flush(buffer, budget: budget)
        #expect(try spanNames(try #require(network.bodies.last)) == ["x", "y", "z"])
    }

    @Test("A session request that is too large is dropped and counted")
    func sessionRequest() throws {
        var destination = ExportDestination.collector()
        let endpoint = try #require(HTTPEndpoint("http://collector.invalid/events"))
        destination.sessionServer = .init(start: endpoint, enrich: endpoint)
        let buffer = try buffer([])
        buffer.append(SessionRequest(kind: .enrich, body: [1]))
        var exporter = FakeNetwork([.answer(413)]).exporter(destination)
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.droppedSessionUpdateCount == 1)
        #expect(buffer.isEmpty)
    }

    // MARK: Warnings

    @Test("A login page in place of an answer is delivered, with one warning that names the setting")
    func loginPage() throws {
        let page = Array("<!DOCTYPE html><title>Sign in</title>".utf8)
        let network = FakeNetwork([], then: .answer(200, headers: ["Content-Type": "text/html"], body: page))
        var destination = ExportDestination.collector()
        destination.settingNames.url = "HH_API_URL"
        var exporter = network.exporter(destination)
        let report = exporter.flush(try buffer([10, 10]), budget: budget)
        #expect(report.exportedSpanCount == 2)
        #expect(report.isComplete)
        #expect(report.warnings.count == 1)
        #expect(report.warnings.first?.contains("web page") == true)
        #expect(report.warnings.first?.hasSuffix("check HH_API_URL") == true)
    }

    @Test("A message beside accepted spans is a warning, one beside refused spans is their cause")
    func message() throws {
        func report(_ body: String) throws -> FlushReport {
            let headers: HTTPHeaders = ["Content-Type": "application/json"]
            var exporter = FakeNetwork([.answer(200, headers: headers, body: Array(body.utf8))]).exporter()
            return exporter.flush(try buffer([10, 10]), budget: budget)
        }
        let warned = try report(#"{"partialSuccess":{"errorMessage":"use v2"}}"#)
        #expect(warned.exportedSpanCount == 2)
        #expect(warned.warnings == ["warning from collector.invalid:4318: use v2"])
        let refused = try report(#"{"partialSuccess":{"rejectedSpans":1,"errorMessage":"too old"}}"#)
        #expect(refused.droppedSpanCount == 1)
        #expect(refused.warnings.isEmpty)
        #expect(try report("{}").warnings.isEmpty)
    }

    // MARK: Time

    @Test("A retry that the pause leaves no time for counts as the failure that it follows")
    func overshoot() throws {
        let health = CollectorHealth()
        for _ in 0..<CircuitBreaker.failureThreshold {
            let network = FakeNetwork([], then: .answer(503), pausesOvershootBy: .seconds(3))
            var exporter = network.exporter(health: health)
            #expect(exporter.flush(try buffer([10]), budget: budget).deferredSpanCount == 1)
            #expect(network.sent.count == 1)
        }
        #expect(health.isOpen)
    }

    @Test("A flush without time for an attempt says nothing about the collector")
    func noAttempt() throws {
        let health = CollectorHealth()
        let network = FakeNetwork([], then: .answer(503))
        var exporter = network.exporter(health: health)
        _ = exporter.flush(try buffer([10]), budget: budget)
        _ = exporter.flush(try buffer([10]), budget: budget)
        for _ in 0..<5 { _ = exporter.flush(try buffer([10]), budget: .milliseconds(5)) }
        #expect(!health.isOpen)
        _ = exporter.flush(try buffer([10]), budget: budget)
        #expect(health.isOpen, "the attempts before it counted on")
    }
}
