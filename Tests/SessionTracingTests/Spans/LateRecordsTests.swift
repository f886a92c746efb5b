import SessionTracing
import Testing
import Tracing

@Suite("Spans and session updates that follow the end of their invocation, when it was decided whether it is kept")
struct LateRecordsTests {
    private let buffer = SpanBuffer(encoder: SpanEncoder(.protobuf))

    /// Returns the tracer of an invocation that has ended.
    private func ended(isKept: Bool) async throws -> InvocationTracer {
        let session = Session(
            id: try #require(SessionID("12345678-1234-1234-1234-123456789abc")),
            origin: .event,
            name: "s",
            project: nil,
            source: "test"
        )
        buffer.beginUndecided()
        let tracer = InvocationTracer(
            requestID: "1",
            session: session,
            parent: nil,
            recorder: buffer,
            flushHandler: { FlushReport() }
        )
        _ = tracer.startRootSpan("root", kind: .server, parent: nil)
        tracer.endRootSpan()
        #expect(buffer.decide { _ in isKept } == (isKept ? nil : 1))
        tracer.decide(isKept: isKept)
        _ = tracer.takeSessionRequests()
        while let batch = buffer.takeBatch() { buffer.acknowledge(batch) }
        return tracer
    }

    @Test("Those of a dropped one are counted, before and during the next invocation", arguments: [false, true])
    func dropped(isNextRunning: Bool) async throws {
        let tracer = try await ended(isKept: false)
        if isNextRunning { buffer.beginUndecided() }
        await tracer.enrichSpanContext(eventName: "late", error: "x") { _ in }
        tracer.enrichSession(metadata: ["a": 1])
        #expect(buffer.decide { $0 } == (isNextRunning ? 0 : nil), "its failure is not the next one's")
        #expect(buffer.isEmpty)
        #expect(buffer.unrecorded?.takeUnreported() == [.notKept: 1, .sessionUpdateNotKept: 1])
    }

    @Test("Those of a kept one are sent, also if the next invocation is dropped", arguments: [false, true])
    func kept(isNextRunning: Bool) async throws {
        let tracer = try await ended(isKept: true)
        if isNextRunning { buffer.beginUndecided() }
        await tracer.enrichSpanContext(eventName: "late", error: "x") { _ in }
        tracer.enrichSession(metadata: ["a": 1])
        #expect(buffer.decide { $0 } == (isNextRunning ? 0 : nil))
        #expect(buffer.spanCount == 1)
        #expect(buffer.requestCount == 1)
        #expect(buffer.unrecorded?.takeUnreported() == [:])
    }
}
