import CurlTransport
import ScriptedServer
import Testing

@Suite("A body that is made while it is sent")
struct UploadTests {
    static let trailerSets: [HTTPHeaders] = [[:], ["X-One": "1"], ["X-One": "1", "X-Two": "b, c=d/+=="]]

    @Test("Each piece is on the wire before the next one is made")
    func piecesArriveAsMade() throws {
        try ScriptedServer.serving([.answer(202)]) { server in
            var curl = try CurlHandle()
            var made = 0
            var seen: [BodyEvent?] = []
            let response = try curl.perform(.plain(.post, server.url())) { buffer in
                if made > 0 { seen.append(server.nextBodyEvent()) }
                guard made < 3 else { return .end(trailers: [:]) }
                made += 1
                return buffer.fill(Array("piece \(made)".utf8))
            }
            #expect(response.status == 202)
            #expect(seen == (1...3).map { .chunk(Array("piece \($0)".utf8)) })
            #expect(server.requests.first?.body == Array("piece 1piece 2piece 3".utf8))
        }
    }

    @Test("The head is on the wire before the first piece is made")
    func headComesFirst() throws {
        try ScriptedServer.serving([.answer(202)]) { server in
            var curl = try CurlHandle()
            var sawHead: Bool?
            let response = try curl.perform(.plain(.post, server.url())) { buffer in
                guard sawHead == nil else { return .end(trailers: [:]) }
                sawHead = server.waitForHead()
                return buffer.fill([1])
            }
            #expect(response.status == 202)
            #expect(sawHead == true)
            #expect(server.requests.first?.body == [1])
        }
    }

    @Test("Trailers follow the last piece, and an empty body can have them too", arguments: trailerSets, [0, 1, 3])
    func trailers(_ trailers: HTTPHeaders, pieceCount: Int) throws {
        let request = try upload(Array(repeating: [1, 2, 3], count: pieceCount), trailers: trailers)
        #expect(request.body == Array(repeatElement([1, 2, 3], count: pieceCount).joined()))
        #expect(request.trailer == trailers.fields.map { "\($0.name): \($0.value)\r\n" }.joined())
        #expect(request.values(of: "Transfer-Encoding") == ["chunked"])
        #expect(request.values(of: "Content-Length").isEmpty)
        #expect(request.values(of: "Expect").isEmpty)
    }

    @Test("A large body arrives whole", arguments: [1, 1_000, 32 * 1024])
    func large(pieceBytes: Int) throws {
        let body = noise(pieceBytes == 1 ? 5_000 : 6 * 1024 * 1024)
        let pieces = stride(from: 0, to: body.count, by: pieceBytes).map { Array(body[$0...].prefix(pieceBytes)) }
        #expect(try upload(pieces).body == body)
    }

    @Test("Bytes that look like chunks or heads are bytes")
    func hostileBytes() throws {
        let pieces = ["0\r\n\r\n", "5\r\nabcde\r\n", "\r\n\r\nHTTP/1.1 500 No\r\n\r\n", "\0"].map { Array($0.utf8) }
        #expect(try upload(pieces).body == Array(pieces.joined()))
    }

    @Test(
        "A piece without bytes aborts the exchange: the body is not taken for whole, and the handle goes on",
        arguments: [0, 1, 3]
    )
    func emptyPiece(after pieceCount: Int) throws {
        try ScriptedServer.serving([.answer(202), .answer(200)]) { server in
            var curl = try CurlHandle()
            let error = curl.failure(.plain(.post, server.url()), pieces: pieceCount, then: .bytes(0))
            #expect(error?.code == .aborted)
            #expect(server.eventsOfOneBody().last == .cut)
            #expect(try curl.perform(.plain(.get, server.url())).status == 200)
            #expect(server.requests.map(\.method) == ["GET"])
        }
    }

    @Test(
        "A trailer that would smuggle in another one is refused, and the body is not taken for whole",
        arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"]
    )
    func smuggledTrailer(_ value: String) throws {
        for trailers: HTTPHeaders in [["X-One": value], [value: "1"]] {
            try ScriptedServer.serving([.answer(202)]) { server in
                var curl = try CurlHandle()
                let end = UploadPiece.end(trailers: trailers)
                let error = curl.failure(.plain(.post, server.url()), pieces: 1, then: end)
                #expect(error?.code == .invalidRequest)
                #expect(error?.description.contains("Evil") == false)
                #expect(server.eventsOfOneBody().last == .cut)
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test("Its connection is of no further use, and the handle's own connection stays")
    func connections() throws {
        try ScriptedServer.serving([.answer(), .answer(202), .answer(202), .answer()]) { server in
            var curl = try CurlHandle()
            _ = try curl.perform(.plain(.get, server.url()))
            for _ in 1...2 { _ = try curl.perform(.plain(.post, server.url())) { _ in .end(trailers: [:]) } }
            _ = try curl.perform(.plain(.get, server.url()))
            #expect(server.requests.map(\.connection) == [1, 2, 3, 1])
        }
    }

    // Regression test: libcurl 7.88 writes out of bounds from a handle's second upload with trailers on.
    @Test("One upload after the other on one handle, each whole, with its own trailers")
    func repeated() throws {
        let numbers = 1...20
        try ScriptedServer.serving(numbers.map { _ in .answer(202) }) { server in
            var curl = try CurlHandle()
            for number in numbers {
                var rest = [[UInt8(number)], noise(number * 1_000)][...]
                _ = try curl.perform(.plain(.post, server.url())) { buffer in
                    rest.popFirst().map(buffer.fill) ?? .end(trailers: ["X-Number": "\(number)"])
                }
            }
            #expect(server.requests.map(\.body) == numbers.map { [UInt8($0)] + noise($0 * 1_000) })
            #expect(server.requests.map(\.trailer) == numbers.map { "X-Number: \($0)\r\n" })
        }
    }

    @Test("Another handle can be used while a piece is made")
    func nested() throws {
        try ScriptedServer.serving([.answer(body: [7])]) { other in
            let request = try ScriptedServer.serving([.answer(202)]) { server in
                var curl = try CurlHandle()
                var inner = try CurlHandle()
                var count = 0
                _ = try curl.perform(.plain(.post, server.url())) { buffer in
                    count += 1
                    guard count == 1 else { return .end(trailers: [:]) }
                    guard let answer = try? inner.perform(.plain(.get, other.url())) else { return .bytes(0) }
                    return buffer.fill(answer.body)
                }
                return try #require(server.requests.first)
            }
            #expect(request.body == [7])
            #expect(other.requests.count == 1)
        }
    }

    /// Uploads the pieces and returns the recorded request.
    private func upload(_ pieces: [[UInt8]], trailers: HTTPHeaders = [:]) throws -> RecordedRequest {
        try ScriptedServer.serving([.answer(202)]) { server in
            var curl = try CurlHandle()
            var rest = pieces[...]
            let response = try curl.perform(.plain(.post, server.url())) { buffer in
                rest.popFirst().map(buffer.fill) ?? .end(trailers: trailers)
            }
            #expect(response.status == 202)
            return try #require(server.requests.first)
        }
    }
}
