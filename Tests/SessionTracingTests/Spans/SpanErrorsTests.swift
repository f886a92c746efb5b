import SessionTracing
import Testing
import Tracing

/// HoneyHive's own client records one exception as two or three events; this framework records one.
@Suite("Errors on spans")
struct SpanErrorsTests {
    private struct SearchError: Error, Equatable, CustomStringConvertible {
        var description = "nothing found"
    }

    private final class IdentifiedError: Error {}

    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    @Test("An error is recorded on the innermost span; those around it are marked as failed and hold no copy")
    func recordedOnce() async throws {
        await #expect(throws: SearchError()) {
            try await fixture.tracer.enrichSpanContext(eventName: "outer") { _ in
                try await fixture.tracer.enrichSpanContext(eventName: "middle") { _ in
                    try await fixture.tracer.enrichSpanContext(eventName: "inner") { _ in throw SearchError() }
                }
            }
        }
        #expect(try fixture.spans.only("inner").exceptions == ["SearchError: nothing found"])
        #expect(try fixture.spans.only("middle").exceptions == [])
        #expect(try fixture.spans.only("outer").exceptions == [])
        for name in ["inner", "middle", "outer"] {
            let span = try fixture.spans.only(name)
            #expect(span.status == .error(message: "SearchError: nothing found"))
            #expect(span.attributes["honeyhive_error"] == "nothing found")
        }
    }

    @Test("What is thrown comes out unchanged")
    func rethrown() async throws {
        let thrown = IdentifiedError()
        let caught = await #expect(throws: IdentifiedError.self) {
            try await fixture.tracer.enrichSpanContext(eventName: "outer") { _ in
                try await fixture.tracer.enrichSpanContext(eventName: "inner") { _ in throw thrown }
            }
        }
        #expect(caught === thrown)
    }

    @Test("An error that a step catches fails the steps within, not the step itself")
    func caught() async throws {
        await fixture.tracer.enrichSpanContext(eventName: "outer") { _ in
            try? await fixture.tracer.enrichSpanContext(eventName: "inner") { _ in throw SearchError() }
        }
        #expect(try fixture.spans.only("inner").exceptions.count == 1)
        let outer = try fixture.spans.only("outer")
        #expect(outer.status == .unset)
        #expect(outer.exceptions == [])
        #expect(outer.attributes["honeyhive_error"] == nil)
    }

    @Test("An error in place of another one is recorded where it comes from")
    func replaced() async throws {
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.enrichSpanContext(eventName: "outer") { _ in
                try? await fixture.tracer.enrichSpanContext(eventName: "inner") { _ in throw SearchError() }
                throw CancellationError()
            }
        }
        #expect(try fixture.spans.only("inner").exceptions == ["SearchError: nothing found"])
        #expect(try fixture.spans.only("outer").exceptions == ["CancellationError: CancellationError()"])
    }

    @Test("Each of several steps that fail records its own error")
    func retries() async throws {
        for attempt in 0..<3 {
            try? await fixture.tracer.enrichSpanContext(eventName: "attempt \(attempt)") { _ in throw SearchError() }
        }
        for attempt in 0..<3 { #expect(try fixture.spans.only("attempt \(attempt)").exceptions.count == 1) }
    }

    /// As in a task group, where the first error cancels the other children, which then throw as well.
    @Test("An error is recorded once, even when another step has failed since")
    func severalChildren() async throws {
        await #expect(throws: SearchError()) {
            try await fixture.tracer.enrichSpanContext(eventName: "outer") { _ in
                var first: (any Error)?
                do {
                    try await fixture.tracer.enrichSpanContext(eventName: "left") { _ in throw SearchError() }
                } catch {
                    first = error
                }
                try? await fixture.tracer.enrichSpanContext(eventName: "right") { _ in throw CancellationError() }
                if let first { throw first }
            }
        }
        #expect(try fixture.spans.only("left").exceptions == ["SearchError: nothing found"])
        #expect(try fixture.spans.only("right").exceptions == ["CancellationError: CancellationError()"])
        #expect(try fixture.spans.only("outer").exceptions == [])
    }

    @Test(
        "An error that the step records itself and then throws is recorded once",
        arguments: ["enrichSpanContext", "withSpan"]
    )
    func recordedAndThrown(way: String) async throws {
        await #expect(throws: SearchError()) {
            if way == "withSpan" {
                try await fixture.invoke {
                    try TaskLocalTracer().withSpan("step") { span in
                        span.recordError(SearchError())
                        throw SearchError()
                    }
                }
            } else {
                try await fixture.tracer.enrichSpanContext(eventName: "step") { span in
                    span.recordError(SearchError())
                    throw SearchError()
                }
            }
        }
        #expect(try fixture.spans.only("step").exceptions == ["SearchError: nothing found"])
    }

    @Test("An error that is recorded and not thrown marks the step as failed")
    func recordedOnly() async throws {
        let span = try await fixture.record { $0.recordError(SearchError(), attributes: ["attempt": 2]) }
        #expect(span.exceptions == ["SearchError: nothing found"])
        #expect(span.events.first?.attributes["attempt"] == 2)
        #expect(span.status == .error(message: "SearchError: nothing found"))
        #expect(span.attributes["honeyhive_error"] == "nothing found")
    }

    @Test("The reason that the step gave itself is kept when it throws")
    func ownReason() async throws {
        await #expect(throws: SearchError()) {
            try await fixture.tracer.enrichSpanContext(eventName: "step") { span in
                span.enrich(error: "the index is empty")
                throw SearchError()
            }
        }
        let span = try fixture.spans.only("step")
        #expect(span.attributes["honeyhive_error"] == "the index is empty")
        #expect(span.exceptions == ["SearchError: nothing found"])
    }

    @Test("withSpan and enrichSpanContext record an error once between them")
    func mixed() async throws {
        await #expect(throws: SearchError()) {
            try await fixture.invoke {
                try await TaskLocalTracer().withSpan("outer") { _ in
                    try await fixture.tracer.enrichSpanContext(eventName: "middle") { _ in
                        try TaskLocalTracer().withSpan("inner") { _ in throw SearchError() }
                    }
                }
            }
        }
        #expect(try fixture.spans.only("inner").exceptions == ["SearchError: nothing found"])
        for name in ["inner", "middle", "outer"] {
            let span = try fixture.spans.only(name)
            #expect(span.exceptions.count == (name == "inner" ? 1 : 0))
            #expect(span.status == .error(message: "SearchError: nothing found"))
        }
    }
}
