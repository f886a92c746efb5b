import Testing

@testable import TracedLambda

@Suite("A stream from its handler to the runtime")
struct ResponseStreamTests {
    private let fixture = StreamFixture(now: 77)
    private var stream: ResponseStream { fixture.stream }

    @Test("Bytes, text and events come out as they went in")
    func order() async throws {
        try await stream.write([1, 2] as [UInt8])
        try await stream.write("ü")
        try await stream.send(ServerSentEvent(data: "d"))
        #expect(stream.takeAll() == [1, 2] + Array("üdata: d\n\n".utf8))
        #expect(stream.takeAll().isEmpty)
        #expect(stream.summary.writtenCount == 2 + 2 + 9)
    }

    @Test("The runtime hears of the first bytes, and of more only after it has taken all")
    func events() async throws {
        #expect(!stream.hasStarted)
        #expect(fixture.events == [])
        try await stream.write("a")
        try await stream.write("b")
        #expect(stream.hasStarted)
        #expect(fixture.events == [.started])
        #expect(fixture.take(1) == Array("a".utf8))
        try await stream.write("c")
        #expect(fixture.events == [])
        #expect(fixture.take(10) == Array("bc".utf8))
        try await stream.write("d")
        #expect(fixture.events == [.advanced])
    }

    @Test("Nothing to write is no beginning")
    func nothing() async throws {
        try await stream.write("")
        try await stream.write([UInt8]())
        #expect(!stream.hasStarted)
        #expect(fixture.events == [])
        #expect(stream.summary.firstByteUnixNanoseconds == nil)
    }

    @Test("The beginning of the body is kept only on request, up to what a trace records")
    func keptBody() async throws {
        try await stream.write("a")
        #expect(stream.recordableBody?.size == nil)
        let keeping = ResponseStream(maximumUnsentBytes: .max, keepsBody: true, now: { 0 }, notify: { _ in })
        #expect(keeping.recordableBody?.size == nil)
        try keeping.start(ResponseHead())
        for count in [1, 65_534, 10, 1] { try await keeping.write([UInt8](repeating: 7, count: count)) }
        let body = keeping.recordableBody
        #expect(body?.beginning == [UInt8](repeating: 7, count: PayloadCapture.maximumBytes))
        #expect(body?.size == 65_546)
    }

    @Test("The first byte's time is kept, and so is the status")
    func summary() async throws {
        try stream.start(ResponseHead(status: 207))
        try await stream.write("abc")
        #expect(stream.status == 207)
        #expect(stream.summary.firstByteUnixNanoseconds == 77)
        #expect(stream.summary.writtenCount == 3)
    }

    @Test("A head goes out with the first bytes, and its last form counts")
    func head() async throws {
        try stream.start(ResponseHead(status: 500))
        try stream.start(ResponseHead(status: 201))
        #expect(!stream.hasStarted)
        #expect(fixture.events == [])
        try await stream.write("body")
        #expect(stream.contentType == "application/vnd.awslambda.http-integration-response")
        #expect(stream.takeAll() == (try ResponseHead(status: 201).prelude()) + Array("body".utf8))
    }

    @Test("Without a head the answer is bytes of no type")
    func noHead() async throws {
        try await stream.write("body")
        #expect(stream.contentType == "application/octet-stream")
        #expect(stream.takeAll() == Array("body".utf8))
    }

    @Test("A head that cannot be sent changes nothing")
    func invalidHead() async throws {
        try stream.start(ResponseHead(status: 201))
        #expect(await refusal { try stream.start(ResponseHead(status: 99)) } == .invalidHead)
        try await stream.write("x")
        #expect(stream.takeAll().starts(with: try ResponseHead(status: 201).prelude()))
    }

    @Test("After the first byte there is no head any more")
    func lateHead() async throws {
        try await stream.write("x")
        #expect(await refusal { try stream.start(ResponseHead()) } == .alreadyStarted)
        #expect(stream.takeAll() == Array("x".utf8))
    }

    @Test("An answer without a byte begins at its end, with the head if there is one", arguments: [false, true])
    func emptyAnswer(hasHead: Bool) throws {
        if hasHead { try stream.start(ResponseHead()) }
        stream.finish()
        #expect(fixture.events == [.started])
        #expect(stream.hasStarted)
        #expect(stream.takeAll() == (hasHead ? try ResponseHead().prelude() : []))
    }

    @Test("After the handler's end nothing can be written, and what was written stays")
    func finished() async throws {
        try await stream.write("x")
        stream.finish()
        #expect(await refusal { try await stream.write("y") } == .closed)
        #expect(await refusal { try stream.start(ResponseHead()) } == .closed)
        #expect(stream.takeAll() == Array("x".utf8))
        #expect(fixture.events == [.started])
    }

    @Test("A failure before the first byte closes the answer for good, whatever its head was")
    func failsEarly() async throws {
        try stream.start(ResponseHead())
        #expect(!stream.fail())
        #expect(await refusal { try await stream.write("late") } == .closed)
        stream.finish()
        #expect(!stream.hasStarted)
        #expect(fixture.events == [])
        #expect(stream.takeAll().isEmpty)
    }

    @Test("A failure after the first byte leaves what was written")
    func failsLate() async throws {
        try await stream.write("x")
        #expect(stream.fail())
        #expect(await refusal { try await stream.write("late") } == .closed)
        #expect(stream.takeAll() == Array("x".utf8))
    }

    @Test("When nobody takes it any more, writing says so and why")
    func cut() async throws {
        try await stream.write("x")
        stream.abort(reason: "gone")
        #expect(stream.takeAll().isEmpty)
        await #expect(throws: ResponseStreamError(code: .closed, detail: "gone")) { try await stream.write("y") }
        #expect(throws: ResponseStreamError(code: .closed, detail: "gone")) {
            try stream.start(ResponseHead())
        }
        stream.finish()
        await #expect(throws: ResponseStreamError(code: .closed, detail: "gone")) { try await stream.write("y") }
    }
}
