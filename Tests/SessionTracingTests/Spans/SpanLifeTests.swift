import SessionTracing
import Testing
import Tracing

@Suite("The life of a span")
struct SpanLifeTests {
    @Test("A span is recorded when it ends, once, with the first end's time")
    func endsOnce() throws {
        let fixture = try TracerFixture()
        #expect(fixture.spans.all.isEmpty)
        #expect(fixture.root.isRecording)
        fixture.root.end(at: FixedInstant(nanosecondsSinceEpoch: 1_800_000_000_000_000_000))
        fixture.root.end(at: FixedInstant(nanosecondsSinceEpoch: 1_900_000_000_000_000_000))
        fixture.root.end()
        fixture.tracer.endRootSpan()
        fixture.tracer.endRootSpan()
        #expect(!fixture.root.isRecording)
        #expect(fixture.spans.all.map(\.endUnixNanoseconds) == [1_800_000_000_000_000_000])
    }

    @Test("Many tasks that end a span at once record it once")
    func endsOnceConcurrently() async throws {
        let fixture = try TracerFixture()
        let root = fixture.root
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<50 { root.end() } } }
        }
        #expect(fixture.spans.all.count == 1)
    }

    @Test("What is written after the end is ignored")
    func writesAfterEnd() throws {
        let fixture = try TracerFixture()
        let span = fixture.root
        span.setAttribute("k", to: "before")
        span.end()
        span.setAttribute("k", to: "after")
        span.setAttribute("new", to: 1)
        span.attributes["other"] = "x"
        span.enrich(outputs: ["o": 1], error: "late")
        span.addEvent("late")
        span.addLink(SpanLink(context: span.context, attributes: [:]))
        span.recordError(CancellationError())
        span.setStatus(SpanStatus(code: .ok))
        span.operationName = "late"
        span.end()
        let recorded = try fixture.spans.only("root")
        #expect(recorded.attributes["k"] == "before")
        for key in ["new", "other", "honeyhive_outputs.o", "honeyhive_error"] {
            #expect(recorded.attributes[key] == nil)
        }
        #expect(recorded.events.isEmpty)
        #expect(recorded.links.isEmpty)
        #expect(recorded.status == .unset)
        #expect(span.operationName == "root")
        #expect(span.attributes.get("k") == .string("before"))
    }

    @Test("A span's name can change until it ends")
    func rename() throws {
        let fixture = try TracerFixture()
        fixture.root.operationName = "GET /users/:id"
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.map(\.name) == ["GET /users/:id"])
    }

    @Test("Events beyond 128 are counted as dropped, and links too")
    func limits() throws {
        let fixture = try TracerFixture()
        let span = fixture.root
        for index in 0..<200 { span.addEvent(SpanEvent(name: "event \(index)")) }
        for _ in 0..<131 { span.addLink(SpanLink(context: span.context, attributes: [:])) }
        span.end()
        let recorded = try fixture.spans.only("root")
        #expect(recorded.events.map(\.name) == (0..<128).map { "event \($0)" })
        #expect(recorded.droppedEventCount == 72)
        #expect(recorded.links.count == 128)
        #expect(recorded.droppedLinkCount == 3)
    }

    @Test("A link to no span is ignored")
    func emptyLink() throws {
        let fixture = try TracerFixture()
        fixture.root.addLink(SpanLink(context: .topLevel, attributes: [:]))
        fixture.root.end()
        #expect(try fixture.spans.only("root").links.isEmpty)
    }

    @Test("Flushing asks whoever delivers, and gives its answer")
    func flush() async throws {
        let session = try TracerFixture().tracer.session
        let tracer = InvocationTracer(
            requestID: "r",
            session: session,
            parent: nil,
            recorder: nil,
            flushHandler: { FlushReport(exportedSpanCount: 3, droppedSpanCount: 1, dropReason: "refused") }
        )
        let report = await tracer.flush()
        #expect(report == FlushReport(exportedSpanCount: 3, droppedSpanCount: 1, dropReason: "refused"))
    }

    // MARK: Status

    @Test("Success is final: an error that comes later does not replace it")
    func okIsFinal() async throws {
        let span = try await TracerFixture().record { span in
            span.setStatus(SpanStatus(code: .error, message: "first"))
            span.setStatus(SpanStatus(code: .ok))
            span.setStatus(SpanStatus(code: .error, message: "late"))
            span.enrich(error: "later")
            span.recordError(CancellationError())
        }
        #expect(span.status == .ok)
    }

    @Test("An error's message is kept when a second error has none, as withSpan sets it")
    func messageIsKept() async throws {
        let fixture = try TracerFixture()
        let kept = try await fixture.record("kept") { span in
            span.setStatus(SpanStatus(code: .error, message: "why"))
            span.setStatus(SpanStatus(code: .error))
        }
        let replaced = try await fixture.record("replaced") { span in
            span.setStatus(SpanStatus(code: .error))
            span.setStatus(SpanStatus(code: .error, message: "why"))
        }
        #expect(kept.status == .error(message: "why"))
        #expect(replaced.status == .error(message: "why"))
    }

    @Test("A span on which nobody set a status has none")
    func unset() async throws {
        #expect(try await TracerFixture().record { _ in }.status == .unset)
    }
}
