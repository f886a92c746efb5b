import CurlTransport
import Foundation
import ScriptedServer
import Testing

@Suite("An exchange without a whole answer")
struct FailureTests {
    @Test("A port where nobody listens: connectFailed")
    func refused() throws {
        let error = try ScriptedServer.withDeadPort { port in
            var curl = try CurlHandle()
            return curl.failure(.plain(.get, "http://127.0.0.1:\(port)/"))
        }
        #expect(error?.code == .connectFailed)
    }

    // Names under .invalid never resolve (RFC 2606, section 2).
    @Test("A host that does not exist: resolveFailed")
    func unknownHost() throws {
        var curl = try CurlHandle()
        #expect(curl.failure(.plain(.get, "http://nowhere.invalid/"))?.code == .resolveFailed)
    }

    @Test("A connection that ends before the whole answer: connectionDropped", arguments: BrokenAnswer.all)
    func dropped(_ broken: BrokenAnswer) throws {
        let (error, requests) = try failure([.onRequest(.send(broken.bytes), broken.end)])
        #expect(error?.code == .connectionDropped)
        #expect(requests.count == 1)
    }

    @Test("What is not HTTP: malformedResponse", arguments: ForeignAnswer.all)
    func notHTTP(_ foreign: ForeignAnswer) throws {
        let (error, requests) = try failure([.onRequest(.send(Array(foreign.text.utf8)), .close)])
        #expect(error?.code == .malformedResponse)
        #expect(requests.count == 1)
    }

    @Test("Silence, before an answer or within it: timedOut")
    func timeout() throws {
        let beginnings = ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"]
        for beginning in beginnings {
            let (error, _) = try failure([.onRequest(.send(Array(beginning.utf8)), .silence)]) {
                .plain(.post, $0.url(), body: noise(10), timeout: .milliseconds(150))
            }
            #expect(error?.code == .timedOut, "after \(beginning)")
        }
    }

    @Test("A trickle that keeps coming does not prolong the time limit")
    func trickle() throws {
        let answer = AnswerFraming.contentLength.answer(body: noise(60_000))
        let drip = ScriptStep.Action.drip(answer, pieceCount: 1_000, pauseMilliseconds: 20)
        let clock = ContinuousClock()
        let start = clock.now
        let (error, _) = try failure([.onRequest(drip)]) { .plain(.get, $0.url(), timeout: .milliseconds(200)) }
        #expect(error?.code == .timedOut)
        #expect(clock.now - start < .seconds(10))
    }

    @Test("An interrupt from another thread: aborted, and the handle goes on")
    func interrupted() throws {
        try ScriptedServer.serving([.onRequest(.silence), .answer(body: noise(10))]) { server in
            var curl = try CurlHandle()
            let interrupt = CurlInterrupt()
            Thread.detachNewThread {
                if server.waitForHead() { interrupt.raise() }
            }
            let error = #expect(throws: CurlError.self) {
                try curl.perform(.plain(.get, server.url()), interrupt: interrupt)
            }
            #expect(error?.code == .aborted)
            #expect(try curl.perform(.plain(.get, server.url())).body == noise(10))
            #expect(server.connectionCount == 2)
        }
    }

    @Test("An answer of exactly the allowed size arrives, and one byte more is responseTooLarge")
    func bodyLimit() throws {
        for framing in AnswerFraming.allCases {
            let fits = try exchange([.answer(body: noise(1_000), framing: framing)]) {
                .plain(.get, $0.url(), maximumResponseBytes: 1_000)
            }
            #expect(fits.response.body.count == 1_000)
            let (error, _) = try failure([.answer(body: noise(1_001), framing: framing)]) {
                .plain(.get, $0.url(), maximumResponseBytes: 1_000)
            }
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test("A length that no memory could hold is not reserved for: responseTooLarge or connectionDropped")
    func hugeLength() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nabc"
        let (error, _) = try failure([.onRequest(.send(Array(head.utf8)), .close)])
        #expect([.responseTooLarge, .connectionDropped].contains(error?.code))
    }

    @Test("Headers without end: responseTooLarge", arguments: [(1, 200_000), (400, 1_000), (60_000, 5)])
    func headerLimit(count: Int, size: Int) throws {
        let headers = (0..<count).map { ("X-\($0)", String(repeating: "v", count: size)) }
        let (error, _) = try failure([.answer(headers: headers)])
        #expect(error?.code == .responseTooLarge)
    }
}

/// The start of a response, followed by an early end of the connection.
struct BrokenAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let end: ScriptStep.Action

    static let all = cutBodies + cutHeads

    private static let cutBodies = [
        BrokenAnswer(testDescription: "closed before any byte", bytes: [], end: .close),
        BrokenAnswer(testDescription: "reset before any byte", bytes: [], end: .reset),
        BrokenAnswer(testDescription: "closed in a counted body", bytes: cut(.contentLength), end: .close),
        BrokenAnswer(testDescription: "reset in a counted body", bytes: cut(.contentLength), end: .reset),
        BrokenAnswer(testDescription: "closed in a chunk", bytes: cut(.chunked), end: .close),
        BrokenAnswer(testDescription: "reset in a chunk", bytes: cut(.chunked), end: .reset),
        BrokenAnswer(
            testDescription: "closed before the last chunk",
            bytes: AnswerFraming.chunked.answer(body: noise(100)).dropLast(5),
            end: .close
        ),
    ]

    /// libcurl takes these for complete responses without a body.
    private static let cutHeads = [
        "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX-Key: va", "HTTP/1.1 200 OK\r\nX-Key: value\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    ].map { head in
        BrokenAnswer(testDescription: "closed after \(head.debugDescription)", bytes: Array(head.utf8), end: .close)
    }

    private static func cut(_ framing: AnswerFraming) -> [UInt8] {
        framing.answer(body: noise(30_000)).dropLast(10_000)
    }
}

/// A response of another protocol, or malformed HTTP.
struct ForeignAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    static let all = [
        ForeignAnswer(testDescription: "mail", text: "220 mail.example ESMTP\r\n"),
        ForeignAnswer(testDescription: "a word", text: "hello"),
        ForeignAnswer(testDescription: "TLS", text: "\u{16}\u{3}\u{1}\0\0"),
        ForeignAnswer(testDescription: "SSH", text: "SSH-2.0-OpenSSH_9.2\r\n"),
        ForeignAnswer(testDescription: "HTTP of the future", text: "HTTP/9.9 200 OK\r\n\r\n"),
        ForeignAnswer(testDescription: "a NUL in a header", text: "HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\n\r\n"),
        ForeignAnswer(testDescription: "no number", text: "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
    ]
}
