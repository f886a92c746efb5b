import CurlTransport
import Foundation
import ScriptedServer
import SessionTracing
import Testing

@testable import SpanExport

@Suite("Compressed requests")
struct GzipTests {
    @Test("A compressed body says so, and unpacks to the same request")
    func exporter() throws {
        let network = FakeNetwork([.answer(200), .answer(200)])
        for compression in [ExportDestination.Compression.gzip, .none] {
            var exporter = network.exporter(.collector(compression: compression))
            _ = exporter.flush(try SpanBuffer("a", "b", payloadBytes: 100_000), budget: .seconds(2))
        }
        let packed = network.sent[0].request
        let plain = network.sent[1].request
        #expect(packed.headers["Content-Encoding"] == "gzip")
        #expect(packed.headers["Content-Type"] == "application/json")
        #expect(packed.body.count < plain.body.count / 10)
        #expect(try unpacked(packed.body) == plain.body)
    }

    @Test("auto compresses a body from 32 KiB on")
    func automatic() throws {
        let network = FakeNetwork([], then: .answer(200))
        var exporter = network.exporter(.collector(compression: .automatic))
        for size in [100, 30_000, 33_000] {
            _ = exporter.flush(try SpanBuffer("a", payloadBytes: size), budget: .seconds(2))
        }
        #expect(network.sent.map { $0.request.headers["Content-Encoding"] } == [nil, nil, "gzip"])
        #expect(try unpacked(network.sent[2].request.body).count >= ExportDestination.automaticCompressionBytes)
    }

    @Test(
        "A collector that cannot read a compressed request gets it again as it is, and no further one",
        arguments: [ExportDestination.Compression.gzip, .automatic],
        [400, 415]
    )
    func refusal(_ compression: ExportDestination.Compression, _ status: Int) throws {
        let network = FakeNetwork([.answer(status)], then: .answer(200))
        let health = CollectorHealth()
        var reports: [FlushReport] = []
        // The exporters of two workers.
        for _ in 1...2 {
            var exporter = network.exporter(.collector(compression: compression), health: health)
            reports.append(exporter.flush(try SpanBuffer("a", payloadBytes: 50_000), budget: .seconds(2)))
        }
        #expect(network.sent.map { $0.request.headers["Content-Encoding"] } == ["gzip", nil, nil])
        #expect(reports.map(\.exportedSpanCount) == [1, 1])
        #expect(reports.map(\.droppedSpanCount) == [0, 0])
        #expect(reports.map(\.warnings.count) == [1, 0])
        let warning = try #require(reports[0].warnings.first)
        #expect(warning.contains("collector.invalid:4318 refused a request with Content-Encoding: gzip"))
        #expect(warning.contains("OTEL_EXPORTER_OTLP_COMPRESSION=none"))
    }

    @Test("A collector that refuses the spans in both forms has refused the spans; the next request is compressed")
    func refusedSpans() throws {
        let network = FakeNetwork([.answer(400), .answer(400)], then: .answer(200))
        var exporter = network.exporter(.collector(compression: .gzip))
        let first = exporter.flush(try SpanBuffer("a", payloadBytes: 50_000), budget: .seconds(2))
        let second = exporter.flush(try SpanBuffer("b", payloadBytes: 50_000), budget: .seconds(2))
        #expect(network.sent.map { $0.request.headers["Content-Encoding"] } == ["gzip", nil, "gzip"])
        #expect(first.droppedSpanCount == 1)
        #expect(first.warnings.isEmpty)
        #expect(second.exportedSpanCount == 1)
    }

    @Test("Bodies of all sizes and kinds unpack to what they were", arguments: [0, 1, 100, 65_536, 5_000_000])
    func sizes(_ size: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<min(size, 70_001)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        // Random bytes cannot be compressed, which tests the bound of the output size.
        let bodies = [noise, [UInt8](repeating: 0x61, count: size)]
        for body in bodies {
            let packed = try #require(Gzip.compress(body))
            #expect(try unpacked(packed) == body)
        }
    }

    /// Decompresses with `gunzip`, which is independent of this project.
    private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gz")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var process = try ChildProcess(["gunzip", "--stdout", file.path])
        let (code, output) = process.finish()
        #expect(code == 0)
        return output
    }
}
