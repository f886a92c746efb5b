import CurlTransport
import ScriptedServer
import Testing

@Suite("A peer that ends an upload before it is complete")
struct UploadEndTests {
    /// Far more pieces than are sent before an upload is stopped.
    private static let pieceLimit = 2_000
    private static let pieceBytes = 16 * 1024

    @Test("Its refusal comes through while the body is still being made", arguments: [400, 403, 413, 500])
    func earlyRefusal(_ status: Int) throws {
        let refusal = AnswerFraming.contentLength.answer(status, body: Array("no".utf8))
        let (result, made) = try uploadWithoutEnd(.onRequest(onHead: [.send(refusal)]))
        #expect(try result.get().status == status)
        #expect(made < Self.pieceLimit)
    }

    @Test("An early consent is no reason to stop: the body arrives whole")
    func earlyConsent() throws {
        let consent = AnswerFraming.contentLength.answer(202)
        try ScriptedServer.serving([.onRequest(onHead: [.send(consent)])]) { server in
            var curl = try CurlHandle()
            var count = 0
            let response = try curl.perform(.plain(.post, server.url())) { buffer in
                if count > 0 { _ = server.nextBodyEvent() }
                count += 1
                return count <= 5 ? buffer.fill([UInt8(count)]) : .end(trailers: ["X-End": "1"])
            }
            #expect(response.status == 202)
            #expect(server.nextBodyEvent() == .complete)
            #expect(server.requests.first?.body == [1, 2, 3, 4, 5])
        }
    }

    @Test("A connection that ends, with a FIN or a RST: connectionDropped")
    func dropped() throws {
        for end: ScriptStep.Action in [.close, .reset] {
            let (result, made) = try uploadWithoutEnd(.onRequest(onHead: [end]))
            #expect(throws: CurlError.self) { try result.get() }
            if case .failure(let error) = result { #expect(error.code == .connectionDropped) }
            #expect(made < Self.pieceLimit)
        }
    }

    @Test("The time limit holds while the body is made")
    func timeout() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let (result, _) = try uploadWithoutEnd(.onRequest(.send(AnswerFraming.contentLength.answer(202))), limit: .max)
        {
            .plain(.post, $0.url(), timeout: .milliseconds(200))
        }
        if case .failure(let error) = result { #expect(error.code == .timedOut) }
        #expect(throws: CurlError.self) { try result.get() }
        #expect(clock.now - start < .seconds(10))
    }

    private func uploadWithoutEnd(
        _ step: ScriptStep,
        limit: Int = Self.pieceLimit,
        _ request: (ScriptedServer) -> HTTPRequest = { .plain(.post, $0.url()) }
    ) throws -> (result: Result<HTTPResponse, CurlError>, made: Int) {
        try ScriptedServer.serving([step]) { server in
            var curl = try CurlHandle()
            let piece = noise(Self.pieceBytes)
            var made = 0
            let result = Result { () throws(CurlError) in
                try curl.perform(request(server)) { buffer in
                    guard made < limit else { return .bytes(0) }
                    made += 1
                    return buffer.fill(piece)
                }
            }
            return (result, made)
        }
    }
}
