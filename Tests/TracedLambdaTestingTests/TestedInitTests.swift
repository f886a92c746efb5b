import Testing
import TracedLambda
import TracedLambdaTesting
import Tracing

@Suite("The init of a tested handler, and its spans outside the invocation")
struct TestedInitTests {
    /// A handler whose init is traced by a library, which keeps the tracer.
    private struct Loader: TracedHandler {
        private let tracer: any Tracer

        init() async throws {
            tracer = InstrumentationSystem.tracer
            await withSpan("load-model") { span in
                span.attributes["size"] = 7
                await Task { withSpan("read-file") { _ in } }.value
            }
        }

        func handle(_ event: [UInt8], context: InvocationContext) async -> NoOutput {
            let tracer = tracer
            await Task.detached { tracer.withSpan("detached") { _ in } }.value
            await Task.detached { await context.tracer.enrichSpanContext(eventName: "by tracer") { _ in } }.value
            withSpan("top level", context: .topLevel) { _ in }
            return NoOutput()
        }
    }

    private struct Teller: StreamingTracedHandler {
        init() async throws {
            withSpan("load-model") { _ in }
        }

        func handle(_ event: [UInt8], to stream: ResponseStream, context: InvocationContext) async throws {
            try await stream.write("x")
        }
    }

    private struct Broken: TracedHandler {
        init() throws { throw CancellationError() }

        func handle(_ event: [UInt8], context: InvocationContext) -> NoOutput { NoOutput() }
    }

    @Test("Spans of the init, of detached tasks and of top-level contexts are in the invocation, under its root")
    func spans() async throws {
        let tester = try await LambdaTester<Loader>()
        let invocation = await tester.invoke(json: "{}")
        let root = try #require(invocation.spans.last)
        var spans: [String: RecordedSpan] = [:]
        for span in invocation.spans { spans[span.name] = span }
        #expect(spans.count == 6)
        for name in ["load-model", "detached", "by tracer", "top level"] {
            #expect(spans[name]?.parentID == root.id, "\(name)")
            #expect(spans[name]?.sessionID == invocation.session.id.description)
        }
        #expect(spans["read-file"]?.parentID == spans["load-model"]?.id)
        #expect(spans["load-model"]?.attributes["size"] == 7)
        #expect(await tester.invoke(json: "{}").spans.count == 4)
    }

    @Test("The init of a streaming handler is traced, too")
    func streaming() async throws {
        let stream = await (try StreamingLambdaTester<Teller>()).stream(json: "{}")
        #expect(stream.spans.map(\.name) == ["load-model", "Teller"])
    }

    @Test("An error of the init is the tester's")
    func failure() async {
        await #expect(throws: CancellationError.self) { try await LambdaTester<Broken>() }
    }

    @Test("A session that the environment puts into an evaluation run has its ids on every span")
    func evaluation() async throws {
        let ids = ["RUN_ID": "r-1", "DATASET_ID": "d-1", "DATAPOINT_ID": "p-1"]
        let tester = try await LambdaTester<Loader>(environment: ids)
        for span in await tester.invoke(json: #"{"baggage": "datapoint_id=p-2"}"#).spans {
            #expect(span.attributes["honeyhive_metadata.run_id"] == "r-1")
            #expect(span.attributes["honeyhive_metadata.dataset_id"] == "d-1")
            #expect(span.attributes["honeyhive_metadata.datapoint_id"] == "p-2")
        }
    }
}
