import CurlTransport
import ScriptedServer
import Testing

@Suite("Answers that are read piece by piece")
struct StreamTests {
    @Test("The pieces together are the body, whatever the status", arguments: AnswerFraming.allCases, [200, 429])
    func pieces(_ framing: AnswerFraming, _ status: Int) throws {
        let body = noise(300_000)
        try ScriptedServer.serving([.answer(status, body: body, framing: framing)]) { server in
            var curl = try CurlHandle()
            var received: [UInt8] = []
            let response = try curl.stream(.plain(.post, server.url(), body: [1])) { received += $0 }
            #expect(response.status == status)
            #expect(response.body.isEmpty)
            #expect(received == body)
            #expect(server.requests.map(\.body) == [[1]])
        }
    }

    @Test("A piece is handed on before the next one is sent, and an interrupt in there ends the exchange")
    func early() throws {
        let start = Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst".utf8)
        try ScriptedServer.serving([.onRequest(.send(start), .silence)]) { server in
            var curl = try CurlHandle()
            let interrupt = CurlInterrupt()
            var received: [UInt8] = []
            let error = #expect(throws: CurlError.self) {
                try curl.stream(.plain(.get, server.url()), interrupt: interrupt) { bytes in
                    received += bytes
                    interrupt.raise()
                }
            }
            #expect(error?.code == .aborted)
            #expect(received == Array("first".utf8))
        }
    }

    @Test("All pieces together are under the limit, and the handle takes the next request after one that was not")
    func limit() throws {
        let steps: [ScriptStep] = [.answer(body: noise(100_001), framing: .chunked), .answer(body: [1, 2, 3])]
        try ScriptedServer.serving(steps) { server in
            var curl = try CurlHandle()
            var receivedCount = 0
            let error = #expect(throws: CurlError.self) {
                try curl.stream(.plain(.get, server.url(), maximumResponseBytes: 100_000)) { receivedCount += $0.count }
            }
            #expect(error?.code == .responseTooLarge)
            #expect(receivedCount <= 100_000)
            #expect(try curl.perform(.plain(.get, server.url())).body == [1, 2, 3])
        }
    }
}
