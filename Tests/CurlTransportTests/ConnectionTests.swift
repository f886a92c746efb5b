import CurlTransport
import ScriptedServer
import Testing

@Suite("Keeping a connection alive")
struct ConnectionTests {
    @Test("All exchanges of a handle share one connection")
    func reuse() throws {
        try ScriptedServer.serving([.answer(), .answer(202), .answer(framing: .chunked), .answer(404)]) { server in
            var curl = try CurlHandle()
            _ = try curl.perform(.plain(.get, server.url("/1")))
            _ = try curl.perform(.plain(.post, server.url("/2"), body: noise(100_000)))
            _ = try curl.perform(.plain(.put, server.url("/3"), body: []))
            _ = try curl.perform(.plain(.get, server.url("/4")))
            #expect(server.requests.map(\.connection) == [1, 1, 1, 1])
            #expect(server.requests.map(\.target) == ["/1", "/2", "/3", "/4"])
        }
    }

    @Test("Nothing of one exchange is left in the next")
    func noLeftovers() throws {
        try ScriptedServer.serving([.answer(headers: [("X-One", "1")], body: noise(9)), .answer()]) { server in
            var curl = try CurlHandle()
            _ = try curl.perform(.plain(.put, server.url(), headers: ["X-Key": "k"], body: noise(50)))
            let second = try curl.perform(.plain(.get, server.url()))
            #expect(second.headers["X-One"] == nil)
            #expect(second.body.isEmpty)
            let request = try #require(server.requests.last)
            #expect(request.method == "GET")
            #expect(request.values(of: "X-Key").isEmpty)
            #expect(request.values(of: "Content-Length").isEmpty)
        }
    }

    @Test("After an answer with Connection: close the next exchange opens a new connection")
    func connectionClose() throws {
        try ScriptedServer.serving([
            .onRequest(.send(AnswerFraming.contentLength.answer(202, headers: [("Connection", "close")])), .close),
            .answer(),
        ]) { server in
            var curl = try CurlHandle()
            #expect(try curl.perform(.plain(.post, server.url(), body: noise(10))).status == 202)
            #expect(try curl.perform(.plain(.get, server.url())).status == 200)
            #expect(server.requests.map(\.connection) == [1, 2])
        }
    }

    @Test(
        "A connection that the server closed while it was idle is replaced without an error",
        arguments: [HTTPRequest.Method.get, .post],
        [[70_000], [30_000, 40_000], [1, 0, 400_000]]
    )
    func closedWhileIdle(_ method: HTTPRequest.Method, _ pieces: [Int]) throws {
        let ended: [ScriptStep.Action] = [.close, .reset]
        for end in ended {
            let first = ScriptStep.onRequest(.send(AnswerFraming.contentLength.answer()), end)
            try ScriptedServer.serving([first, .answer(202)]) { server in
                var curl = try CurlHandle()
                _ = try curl.perform(.plain(.get, server.url("/1")))
                // On a busy machine, the server would close it only during the next request.
                #expect(server.waitForConnectionEnd())
                var request = HTTPRequest.plain(method, server.url("/2"))
                request.bodyPieces = pieces.map { noise($0) }
                let response = try curl.perform(request)
                #expect(response.status == 202)
                #expect(server.requests.map(\.target) == ["/1", "/2"])
                #expect(server.requests.map(\.connection) == [1, 2])
                #expect(method == .get || server.requests.last?.body == request.body)
            }
        }
    }

    @Test("A handle works on after an exchange that failed", arguments: FailingExchange.all)
    func recovery(_ failing: FailingExchange) throws {
        try ScriptedServer.serving([failing.step, .answer(body: noise(10))]) { server in
            var curl = try CurlHandle()
            let request = HTTPRequest.plain(
                .get,
                server.url(),
                timeout: failing.timeout,
                maximumResponseBytes: 1_000
            )
            #expect(curl.failure(request)?.code == failing.code)
            #expect(try curl.perform(.plain(.get, server.url())).body == noise(10))
            #expect(server.connectionCount == 2)
        }
    }
}

/// A failing exchange with the expected error code.
struct FailingExchange: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let step: ScriptStep
    let code: CurlError.Code
    var timeout = Duration.seconds(30)

    static let all = [
        FailingExchange(testDescription: "no answer", step: .onRequest(.close), code: .connectionDropped),
        FailingExchange(testDescription: "reset", step: .onRequest(.reset), code: .connectionDropped),
        FailingExchange(
            testDescription: "half an answer",
            step: .onRequest(.send(AnswerFraming.contentLength.answer(body: noise(500)).dropLast(100)), .close),
            code: .connectionDropped
        ),
        FailingExchange(testDescription: "too large", step: .answer(body: noise(1_001)), code: .responseTooLarge),
        FailingExchange(
            testDescription: "silence",
            step: .onRequest(.silence),
            code: .timedOut,
            timeout: .milliseconds(100)
        ),
    ]
}
