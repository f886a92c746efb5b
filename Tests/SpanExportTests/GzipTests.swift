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
