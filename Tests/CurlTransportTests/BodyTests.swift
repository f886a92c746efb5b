import CurlTransport
import ScriptedServer
import Testing

@Suite("Bodies of all sizes")
struct BodyTests {
    static let sizes = [0, 1, 60 * 1024, 1024 * 1024, 6 * 1024 * 1024]

    @Test("An answer's body arrives whole, however its end is told", arguments: AnswerFraming.allCases, sizes)
    func answerBody(_ framing: AnswerFraming, _ size: Int) throws {
        let body = noise(size)
        let (response, _) = try exchange([.answer(body: body, framing: framing)])
        #expect(response.body.count == size)
        #expect(response.body == body)
    }

    @Test(
        "A request's body arrives whole, with its length told beforehand",
        arguments: [HTTPRequest.Method.post, .put],
        sizes
    )
    func requestBody(_ method: HTTPRequest.Method, _ size: Int) throws {
        let body = noise(size)
        let (_, requests) = try exchange([.answer(202)]) { .plain(method, $0.url(), body: body) }
        let request = try #require(requests.first)
        #expect(request.body.count == size)
        #expect(request.body == body)
        #expect(request.values(of: "Content-Length") == [String(size)])
        #expect(request.values(of: "Transfer-Encoding").isEmpty)
    }

    /// The sizes of pieces: also empty ones, and ones above and below libcurl's buffer.
    static let pieceSizes: [[Int]] = [
        [3, 0, 5], [0, 0], [70_000, 1, 300_000, 0], Array(repeating: 4_099, count: 200), [5_000_000, 1],
    ]

    @Test("A request's body in several pieces arrives whole, and the next request has its own", arguments: pieceSizes)
    func pieces(_ sizes: [Int]) throws {
        try ScriptedServer.serving([.answer(202), .answer(202), .answer(202), .answer()]) { server in
            var curl = try CurlHandle()
            var request = HTTPRequest.plain(.post, server.url())
            request.bodyPieces = sizes.enumerated().map { noise($1 + $0).suffix($1) }
            #expect(try curl.perform(request).status == 202)
            #expect(try curl.perform(.plain(.post, server.url(), body: noise(9))).status == 202)
            #expect(try curl.perform(.plain(.put, server.url(), body: [])).status == 202)
            #expect(try curl.perform(.plain(.get, server.url())).status == 200)
            #expect(server.requests.map(\.body) == [request.body, noise(9), [], []])
            #expect(server.requests[0].values(of: "Content-Length") == [String(sizes.reduce(0, +))])
            #expect(server.requests[0].values(of: "Transfer-Encoding").isEmpty)
            #expect(server.requests[0].values(of: "Expect").isEmpty)
            #expect(server.connectionCount == 1)
        }
    }

    // A client that sends `Expect: 100-continue` waits a second for a server that ignores it.
    @Test("No body is so large that the peer is asked for its consent", arguments: sizes)
    func noExpectation(_ size: Int) throws {
        let (_, requests) = try exchange([.answer(202)]) { .plain(.post, $0.url(), body: noise(size)) }
        #expect(try #require(requests.first).values(of: "Expect").isEmpty)
    }

    @Test("A GET has no body and no length, even when the request's value holds a body")
    func getHasNoBody() throws {
        let (_, requests) = try exchange([.answer()]) { .plain(.get, $0.url(), body: noise(10)) }
        let request = try #require(requests.first)
        #expect(request.values(of: "Content-Length").isEmpty)
        #expect(request.body.isEmpty)
    }

    @Test("Bodies hold any byte: NULs, line ends and text that looks like a head")
    func hostileBytes() throws {
        let body = Array("\0\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".utf8) + (0...255).map { UInt8($0) }
        for framing in AnswerFraming.allCases {
            let (response, requests) = try exchange([.answer(body: body, framing: framing)]) {
                .plain(.post, $0.url(), body: body)
            }
            #expect(response.status == 200)
            #expect(response.body == body)
            #expect(requests.first?.body == body)
        }
    }

    @Test("An answer that drips in arrives whole", arguments: [AnswerFraming.contentLength, .chunked])
    func drip(_ framing: AnswerFraming) throws {
        let body = noise(500)
        let bytes = framing.answer(headers: [("X-Name", "Zürich")], body: body)
        let (response, _) = try exchange([.onRequest(.drip(bytes, pieceCount: 97, pauseMilliseconds: 1))])
        #expect(response.headers["X-Name"] == "Zürich")
        #expect(response.body == body)
    }
}
