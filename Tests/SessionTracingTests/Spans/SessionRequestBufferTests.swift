import SessionTracing
import Testing

@Suite("The buffer's requests for sessions")
struct SessionRequestBufferTests {
    private let buffer = SpanBuffer(encoder: SpanEncoder(.json))

    private func request(_ kind: SessionRequest.Kind, _ number: Int) -> SessionRequest {
        SessionRequest(kind: kind, body: Array("\(number)".utf8))
    }

    private func takeAll(_ kind: SessionRequest.Kind) -> [String] {
        var bodies: [String] = []
        while let request = buffer.takeRequest(kind) { bodies.append(String(decoding: request.body, as: UTF8.self)) }
        return bodies
    }

    @Test("Each kind comes out in its own order")
    func order() {
        for (number, kind) in [SessionRequest.Kind.enrich, .start, .enrich, .start].enumerated() {
            buffer.append(request(kind, number))
        }
        #expect(buffer.requestCount == 4)
        #expect(takeAll(.start) == ["1", "3"])
        #expect(takeAll(.enrich) == ["0", "2"])
        #expect(buffer.requestCount == 0)
    }

    @Test("A request that is put back is the oldest again")
    func putBack() throws {
        for number in 0..<3 { buffer.append(request(.enrich, number)) }
        let first = try #require(buffer.takeRequest(.enrich))
        buffer.append(request(.enrich, 3))
        buffer.putBack(first)
        #expect(takeAll(.enrich) == ["0", "1", "2", "3"])
    }

    @Test("Beyond 1,000 the oldest are dropped and counted")
    func bound() {
        for number in 0..<1_003 { buffer.append(request(.enrich, number)) }
        #expect(buffer.requestCount == 1_000)
        #expect(buffer.takeDroppedRequestCount() == 3)
        #expect(buffer.takeDroppedRequestCount() == 0)
        buffer.putBack(request(.enrich, 2))
        #expect(buffer.takeDroppedRequestCount() == 1)
        #expect(takeAll(.enrich) == (3..<1_003).map { "\($0)" })
    }

    @Test("Requests take no room from spans, and spans none from requests")
    func separate() throws {
        buffer.append(try .sample())
        buffer.append(request(.start, 1))
        #expect(buffer.spanCount == 1)
        #expect(buffer.requestCount == 1)
        #expect(buffer.takeBatch()?.spanCount == 1)
        #expect(buffer.requestCount == 1)
    }

    @Test("Beyond the limit of bytes the oldest are dropped and counted, and the newest stays")
    func bytes() throws {
        let buffer = SpanBuffer(encoder: SpanEncoder(.json), budget: BufferBudget(maximumBytes: 1_000))
        for size in [UInt8(1), 2, 3] {
            buffer.append(SessionRequest(kind: .enrich, body: Array(repeating: size, count: 400)))
        }
        #expect(buffer.takeDroppedRequestCount() == 1)
        buffer.append(SessionRequest(kind: .enrich, body: Array(repeating: 4, count: 2_000)))
        #expect(buffer.takeDroppedRequestCount() == 2)
        let request = try #require(buffer.takeRequest(.enrich))
        #expect(request.body.first == 4)
        #expect(buffer.requestCount == 0)
        for _ in 0..<2 { buffer.append(SessionRequest(kind: .enrich, body: Array(repeating: 5, count: 500))) }
        #expect(buffer.takeDroppedRequestCount() == 0, "what was taken is not counted any longer")
        buffer.putBack(request)
        #expect(buffer.takeDroppedRequestCount() == 1)
    }
}
