import SessionTracing
import Testing
import Tracing

/// Spans still open when Lambda is about to end the process are delivered once, as failed.
@Suite("Spans that are cut short")
struct FailOpenSpansTests {
    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    private func open(_ name: String, in context: InstrumentationContext) -> TracedSpan {
        TaskLocalTracer().startSpan(name, context: context)
    }

    @Test("Every open span ends as a timeout with what it holds, the root last; ended ones stay as they are")
    func all() throws {
        open("done", in: fixture.root.context).end()
        let outer = open("outer", in: fixture.root.context)
        outer.setAttribute("k", to: 1)
        _ = open("inner", in: outer.context)
        fixture.clock.advance(nanoseconds: 7)
        fixture.tracer.failOpenSpans(type: "timeout", message: "late")
        #expect(fixture.spans.all.count == 4)
        #expect(fixture.spans.all.last?.name == "root")
        for name in ["outer", "inner", "root"] {
            let span = try fixture.spans.only(name)
            #expect(span.status == .error(message: "timeout: late"))
            #expect(span.attributes["error.type"] == "timeout")
            #expect(span.attributes["honeyhive_error"] == "timeout: late")
        }
        #expect(try fixture.spans.only("outer").attributes["k"] == 1)
        #expect(try fixture.spans.only("inner").parentSpanID == outer.id)
        #expect(try fixture.spans.only("done").status == .unset)
    }

    @Test("A handler that ends in time after all is told by a span of its own; no span goes out twice")
    func finishes() throws {
        let step = open("step", in: fixture.root.context)
        fixture.tracer.failOpenSpans(type: "timeout", message: "late")
        step.end()
        let late = open("late", in: fixture.root.context)
        late.end()
        fixture.tracer.endRootSpan()
        let names = fixture.spans.all.map(\.name)
        #expect(names == ["step", "root", "late", "finished"])
        #expect(Set(fixture.spans.all.map(\.spanID)).count == names.count)
        let finished = try fixture.spans.only("finished")
        #expect(finished.parentSpanID == fixture.root.id)
        #expect(finished.attributes["honeyhive_metadata.finished_after_its_span"] == true)
        #expect(finished.attributes["honeyhive.session_id"] == fixture.root.tracer.session.id.description.attribute)
        #expect(try fixture.spans.only("late").parentSpanID == fixture.root.id)
    }

    @Test("An invocation that is not cut short has no such span")
    func ordinary() {
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.map(\.name) == ["root"])
    }
}

extension String {
    fileprivate var attribute: AttributeValue { .string(self) }
}
