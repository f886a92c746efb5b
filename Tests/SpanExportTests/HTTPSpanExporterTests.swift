import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("Delivering spans")
struct HTTPSpanExporterTests {
    private let budget = Duration.seconds(2)

    @Test("An empty buffer sends nothing, whatever the budget")
    func empty() throws {
        let network = FakeNetwork([])
        var exporter = network.exporter()
        for budget in [Duration.zero, budget] {
            #expect(exporter.flush(try SpanBuffer(), budget: budget).counts == FlushReport())
        }
        #expect(network.sent.isEmpty)
        #expect(network.waits.isEmpty)
    }

    @Test("Accepted spans are counted and gone", arguments: [200, 202, 204])
    func success(_ status: Int) throws {
        let network = FakeNetwork([.answer(status)])
        let buffer = try SpanBuffer("a", "b", "c")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.counts == FlushReport(exportedSpanCount: 3))
        #expect(report.isComplete)
        #expect(try spanNames(try #require(network.bodies.first)) == ["a", "b", "c"])
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport())
        #expect(network.sent.count == 1)
    }

    @Test(
        "The request is a POST to the endpoint with the destination's headers and the format's content type",
        arguments: [
            (SpanFormat.protobuf, "application/x-protobuf"), (.json, "application/json"),
            (.honeyHiveJSON, "application/json"),
        ]
    )
    func request(format: SpanFormat, contentType: String) throws {
        var destination = ExportDestination.collector(format)
        destination.headers.append(name: "X-Source", value: "prod")
        destination.requestTimeout = .milliseconds(700)
        destination.trust = .hashedDirectory("/certs")
        let network = FakeNetwork([.answer(200)])
        let buffer = try SpanBuffer("a", format: format)
        let twin = try #require(try SpanBuffer("a", format: format).takeBatch())
        var exporter = network.exporter(destination)
        _ = exporter.flush(buffer, budget: budget)
        let request = try #require(network.sent.first).request
        #expect(request.method == .post)
        #expect(request.url == "http://collector.invalid:4318/v1/traces")
        #expect(request.headers["Authorization"] == "Bearer k")
        #expect(request.headers["X-Source"] == "prod")
        #expect(request.headers.fields.filter { $0.name.lowercased() == "content-type" }.map(\.value) == [contentType])
        #expect(request.headers["Content-Encoding"] == nil)
        #expect(request.body == Array(buffer.encoder.body(of: twin).joined()))
        #expect(request.timeout == .milliseconds(700))
        #expect(request.trust == .hashedDirectory("/certs"))
        #expect(request.proxy == .environment)
    }

    @Test("A refusal is final: counted with its reason, and not sent again", arguments: [400, 401, 403, 404, 500])
    func refused(_ status: Int) throws {
        let network = FakeNetwork([.answer(status)])
        let buffer = try SpanBuffer("a", "b")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(report.droppedSpanCount == 2)
        #expect(report.exportedSpanCount == 0)
        #expect(report.deferredSpanCount == 0)
        #expect(report.dropReason?.contains("\(status)") == true)
        #expect(!report.isComplete)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport())
        #expect(network.sent.count == 1)
        #expect(network.waits.isEmpty)
    }

    @Test("Spans that the collector refused out of an accepted request are counted, with its words")
    func partialSuccess() throws {
        let body = Array(#"{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}"#.utf8)
        let network = FakeNetwork([.answer(200, headers: ["Content-Type": "application/json"], body: body)])
        let buffer = try SpanBuffer("a", "b", "c")
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        let reason = "rejected by collector.invalid:4318: too old"
        #expect(report.counts == FlushReport(exportedSpanCount: 1, droppedSpanCount: 2, dropReason: reason))
        #expect(network.sent.count == 1)
        #expect(buffer.spanCount == 0)
    }

    @Test("A collector that claims to have refused more than was sent does not make counts negative")
    func partialSuccessBeyondAll() throws {
        let body = Array(#"{"partialSuccess":{"rejectedSpans":"9223372036854775807"}}"#.utf8)
        let network = FakeNetwork([.answer(200, headers: ["Content-Type": "application/json"], body: body)])
        var exporter = network.exporter()
        let report = exporter.flush(try SpanBuffer("a", "b"), budget: budget)
        #expect(report.exportedSpanCount == 0)
        #expect(report.droppedSpanCount == 2)
    }

    @Test("Several batches go out in their order, each with its own answer")
    func batches() throws {
        let network = FakeNetwork([.answer(200), .answer(400), .answer(200)])
        var exporter = network.exporter()
        let report = exporter.flush(try SpanBuffer(batches: ["a", "b", "c"]), budget: budget)
        #expect(try network.bodies.map { try spanNames($0) } == [["a"], ["b"], ["c"]])
        #expect(report.exportedSpanCount == 2)
        #expect(report.droppedSpanCount == 1)
        #expect(report.deferredSpanCount == 0)
    }

    // HoneyHive accepts requests up to 5 MB.
    @Test("No request is larger than the collector takes")
    func requestSize() throws {
        let network = FakeNetwork([], then: .answer(200))
        let buffer = try SpanBuffer("a", "b", "c", format: .protobuf, payloadBytes: 3_000_000)
        var exporter = network.exporter(.collector(.protobuf))
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport(exportedSpanCount: 3))
        #expect(network.bodies.count == 3)
        #expect(network.bodies.allSatisfy { (3_000_000...5_000_000).contains($0.count) })
    }

    @Test("Spans that were pushed out of the full buffer are counted in the next report")
    func overflow() throws {
        let batchBytes = try #require(try SpanBuffer("a").takeBatch()).bytes.count
        let network = FakeNetwork([], then: .answer(200))
        let buffer = try SpanBuffer(batches: ["a", "b", "c"], maximumBytes: batchBytes * 5 / 2)
        var exporter = network.exporter()
        let report = exporter.flush(buffer, budget: budget)
        #expect(try network.bodies.map { try spanNames($0) } == [["b"], ["c"]])
        #expect(report.exportedSpanCount == 2)
        #expect(report.droppedSpanCount == 1)
        #expect(report.dropReason?.isEmpty == false)
        #expect(exporter.flush(buffer, budget: budget).counts == FlushReport())
    }
}
