import SessionTracing
import Testing
import Tracing

@Suite("Steps in code that is not asynchronous")
struct SynchronousStepTests {
    private struct StepError: Error, Equatable {}

    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    /// Not a closure of an asynchronous function, so that only the synchronous overload can be selected.
    private func nestedSteps() -> Int {
        fixture.tracer.enrichSpanContext(eventName: "outer", type: .chain) { outer in
            #expect(fixture.tracer.currentSpan === outer)
            let count = fixture.tracer.enrichSpanContext(eventName: "inner", inputs: ["q": "x"]) { inner in
                inner.enrich(outputs: ["count": 2])
                return 2
            }
            #expect(fixture.tracer.currentSpan === outer)
            return count + 1
        }
    }

    private func failingStep() throws {
        try fixture.tracer.enrichSpanContext(eventName: "outer") { _ in
            try fixture.tracer.enrichSpanContext(eventName: "inner") { _ in throw StepError() }
        }
    }

    @Test("They nest under what is around them, and give what the body gives")
    func nesting() async throws {
        let result = await fixture.tracer.enrichSpanContext(eventName: "asynchronous") { _ in
            await Task.yield()
            return nestedSteps()
        }
        #expect(result == 3)
        #expect(fixture.spans.all.map(\.name) == ["inner", "outer", "asynchronous"])
        let (inner, outer) = (try fixture.spans.only("inner"), try fixture.spans.only("outer"))
        #expect(inner.parentSpanID == outer.spanID)
        #expect(outer.parentSpanID == (try fixture.spans.only("asynchronous")).spanID)
        #expect(inner.attributes["honeyhive_inputs.q"] == "x")
        #expect(inner.attributes["honeyhive_outputs.count"] == 2)
        #expect(outer.attributes["honeyhive_event_type"] == "chain")
    }

    @Test("An error comes out unchanged and is recorded once")
    func error() throws {
        #expect(throws: StepError()) { try failingStep() }
        #expect(try fixture.spans.only("inner").exceptions.count == 1)
        #expect(try fixture.spans.only("outer").exceptions == [])
        #expect(try fixture.spans.only("outer").status == .error(message: "StepError: StepError()"))
    }

    private func everyArgument() {
        fixture.tracer.enrichSpanContext(
            eventName: "step",
            inputs: ["k": 1],
            outputs: ["k": 2],
            metadata: ["k": 3],
            metrics: ["k": 4],
            config: ["k": 5],
            userProperties: ["k": 6],
            error: "no credit",
            feedback: ["k": 7]
        ) { _ in }
    }

    @Test("Each argument goes under its own prefix")
    func arguments() throws {
        everyArgument()
        let attributes = try fixture.spans.only("step").attributes
        let fields = ["inputs", "outputs", "metadata", "metrics", "config", "user_properties", "feedback"]
        #expect(fields.map { attributes["honeyhive_\($0).k"] } == (1...7).map { .int($0) })
        #expect(attributes["honeyhive_error"] == "no credit")
    }
}
