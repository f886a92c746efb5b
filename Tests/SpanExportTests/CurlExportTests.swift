import CurlTransport
import Glibc
import ScriptedServer
import SessionTracing
import SpanExport
import Testing

@Suite("Delivering spans over libcurl")
struct CurlExportTests {
    // Requests to collectors use the environment's proxies, so this test runs in a process without any.
    @Test("Spans go out on one connection, again after a 503 and broken answers, with the same bytes")
    func delivery() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsetenv(name) }
            let unavailable = ScriptStep.answer(503, headers: [("Retry-After", "0")])
            let broken = ScriptStep.onRequest(.close)
            // A head that the end of the connection has cut, although its status says that the spans have arrived.
            let cut = ScriptStep.onRequest(.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".utf8)), .close)
            try ScriptedServer.serving([unavailable, broken, .answer(200), cut, .answer(202)]) { server in
                let endpoint = try #require(HTTPEndpoint(server.url("/v1/traces")))
                let destination = ExportDestination(
                    endpoint: endpoint,
                    format: .json,
                    headers: ["X-Key": "k"],
                    requestTimeout: .seconds(10)
                )
                var exporter = HTTPSpanExporter(transport: try CurlHandle(), destination: destination, wait: { _ in })
                let buffer = try SpanBuffer("a", "b")
                #expect(exporter.flush(buffer, budget: .seconds(30)).counts == FlushReport(exportedSpanCount: 2))
                buffer.append(try .named("c"))
                #expect(exporter.flush(buffer, budget: .seconds(30)).counts == FlushReport(exportedSpanCount: 1))
                let requests = server.requests
                #expect(requests.map(\.requestLine) == Array(repeating: "POST /v1/traces HTTP/1.1", count: 5))
                #expect(requests.map(\.connection) == [1, 1, 2, 2, 3])
                #expect(requests.allSatisfy { $0.values(of: "X-Key") == ["k"] })
                #expect(requests.allSatisfy { $0.values(of: "Content-Type") == ["application/json"] })
                #expect(Set(requests.prefix(3).map(\.body)).count == 1)
                #expect(
                    try requests.map { try spanNames($0.body) } == [
                        ["a", "b"], ["a", "b"], ["a", "b"], ["c"], ["c"],
                    ]
                )
            }
        }
    }

    @Test("A collector that is not there costs no more than the budget, and no span")
    func unreachable() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsetenv(name) }
            try ScriptedServer.withDeadPort { port in
                let endpoint = try #require(HTTPEndpoint("http://127.0.0.1:\(port)"))
                let destination = ExportDestination(
                    endpoint: endpoint,
                    format: .protobuf,
                    headers: [:],
                    requestTimeout: .seconds(10)
                )
                var exporter = HTTPSpanExporter(transport: try CurlHandle(), destination: destination, wait: { _ in })
                let report = exporter.flush(try SpanBuffer("a", format: .protobuf), budget: .seconds(30))
                #expect(report.deferredSpanCount == 1)
                #expect(report.deferralReason?.contains("connection failed") == true)
            }
        }
    }
}
