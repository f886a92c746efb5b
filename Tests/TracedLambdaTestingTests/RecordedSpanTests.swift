import Testing
import TracedLambda
import TracedLambdaTesting
import Tracing

@Suite("The spans of a tested invocation")
struct RecordedSpanTests {
    /// Two nested steps and one span of a library, each with a different duration.
    private static func steps(_ clock: TestClock = TestClock()) -> ClosureHandler {
        ClosureHandler { text, context in
            clock.advance(by: .milliseconds(1))
            await context.tracer.enrichSpanContext(eventName: "outer", type: .chain, inputs: ["text": .string(text)]) {
                clock.advance(by: .milliseconds(10))
                await context.tracer.enrichSpanContext(eventName: "inner") { span in
                    clock.advance(by: .milliseconds(100))
                    span.enrich(outputs: ["found": ["a", 2]])
                }
                $0.enrich(metrics: ["score": 0.5])
            }
            withSpan("library") { _ in clock.advance(by: .seconds(1)) }
            return text
        }
    }

    @Test("They are in the order in which they ended, each under the one around it, in one trace")
    func nesting() async throws {
        let spans = await LambdaTester(Self.steps()).invoke(json: someEvent).spans
        try #require(spans.map(\.name) == ["inner", "outer", "library", "ClosureHandler"])
        #expect(spans.map(\.parentID) == [spans[1].id, spans[3].id, spans[3].id, nil])
        #expect(Set(spans.map(\.traceID)).count == 1)
        #expect(Set(spans.map(\.id)).count == 4)
    }

    @Test("They took what the test's clock says")
    func durations() async {
        let clock = TestClock()
        let spans = await LambdaTester(Self.steps(clock), clock: clock).invoke(json: someEvent).spans
        #expect(spans.map(\.duration) == [.milliseconds(100), .milliseconds(110), .seconds(1), .milliseconds(1_111)])
    }

    @Test("Without the test's doing, time stands still")
    func timeStandsStill() async {
        let spans = await LambdaTester(Self.steps()).invoke(json: someEvent).spans
        #expect(spans.map(\.duration) == Array(repeating: .zero, count: 4))
    }

    @Test("They tell what was written on them, in HoneyHive's flattened form")
    func content() async throws {
        let spans = await LambdaTester(Self.steps()).invoke(json: someEvent).spans
        try #require(spans.count == 4)
        #expect(spans[0].output("found.0") == "a")
        #expect(spans[0].output("found.1") == 2)
        #expect(spans[0].output("found") == nil)
        #expect(spans[1].input("text") == "hello")
        #expect(spans[1].attributes["honeyhive_metrics.score"] == 0.5)
        #expect(spans[1].eventType == .chain)
        #expect(spans[0].eventType == .tool)
        #expect(spans[3].eventType == .chain)
        #expect(spans.allSatisfy { $0.errorMessage == nil && $0.eventNames.isEmpty })
    }

    @Test("A caller's trace goes on")
    func callersTrace() async throws {
        let event = #"{"text": "x", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#
        let root = try #require(await LambdaTester(ClosureHandler()).invoke(json: event).spans.last)
        #expect(root.traceID.description == "0af7651916cd43dd8448eb211c80319c")
        #expect(root.parentID?.description == "b7ad6b7169203331")
    }

    @Test("The same test gives the same ids, and no two invocations of a tester share one")
    func ids() async throws {
        func run() async -> [TestInvocation] {
            let tester = LambdaTester(Self.steps())
            return [await tester.invoke(json: someEvent), await tester.invoke(json: someEvent)]
        }
        let (first, second) = (await run(), await run())
        for (one, other) in zip(first, second) {
            #expect(one.session.id == other.session.id)
            #expect(one.spans.map(\.id) == other.spans.map(\.id))
            #expect(one.spans.map(\.traceID) == other.spans.map(\.traceID))
        }
        #expect(first[0].session.id != first[1].session.id)
        #expect(Set(first.flatMap { $0.spans.map(\.id) }).count == 8)
        #expect(Set(first.flatMap { $0.spans.map(\.traceID) }).count == 2)
    }

    @Test("A span that a task leaves open ends with the invocation, and is marked")
    func unfinished() async throws {
        let tester = LambdaTester(
            ClosureHandler { text, _ in
                _ = startSpan("open")
                return text
            }
        )
        let spans = await tester.invoke(json: someEvent).spans
        try #require(spans.map(\.name) == ["open", "ClosureHandler"])
        #expect(spans[1].attributes["honeyhive_metadata.unfinished_spans"] == 1)
    }
}
