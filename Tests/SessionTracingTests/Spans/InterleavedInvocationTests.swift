import SessionTracing
import Testing
import Tracing

/// Lambda's managed instances run several invocations concurrently in one process.
@Suite("Invocations that run at once")
struct InterleavedInvocationTests {
    private static let invocationCount = 200
    private static let workerCount = 8

    /// Runs one invocation, whose spans are recorded with those of all others; returns its tracer.
    private static func run(_ number: Int, into spans: SpanList) async throws -> InvocationTracer {
        let session = Session(
            id: try #require(SessionID("conversation-\(number)")),
            origin: .event,
            name: "n",
            project: "p\(number)",
            source: "test"
        )
        let tracer = InvocationTracer(requestID: "r\(number)", session: session, parent: nil, recorder: spans)
        let root = tracer.startRootSpan("root/\(number)", kind: .server, parent: nil)
        await InstrumentationContext.$current.withValue(root.context) {
            await steps(tracer, number)
        }
        tracer.endRootSpan()
        return tracer
    }

    /// Steps of every kind of nesting, which yield to other invocations repeatedly.
    private static func steps(_ tracer: InvocationTracer, _ number: Int) async {
        await tracer.enrichSpanContext(eventName: "outer/\(number)") { _ in
            await Task.yield()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        await tracer.enrichSpanContext(eventName: "group/\(number)") { span in
                            await Task.yield()
                            span.enrich(metadata: ["number": .int(number)])
                        }
                    }
                }
            }
            async let child: Void = TaskLocalTracer().withSpan("library/\(number)") { span in
                await Task.yield()
                span.attributes["number"] = number
            }
            await child
        }
        await Task.detached {
            await tracer.enrichSpanContext(eventName: "detached/\(number)") { _ in await Task.yield() }
        }.value
        tracer.enrichSession(metadata: ["number": .int(number)])
    }

    @Test("200 invocations on 8 workers: each span is in its own session, trace and project, under its own root")
    func interleaved() async throws {
        let spans = SpanList()
        let tracers = try await withThrowingTaskGroup(of: [Int: InvocationTracer].self) { group in
            for worker in 0..<Self.workerCount {
                group.addTask {
                    var own: [Int: InvocationTracer] = [:]
                    for number in stride(from: worker, to: Self.invocationCount, by: Self.workerCount) {
                        own[number] = try await Self.run(number, into: spans)
                    }
                    return own
                }
            }
            return try await group.reduce(into: [:]) { all, own in all.merge(own) { $1 } }
        }
        #expect(tracers.count == Self.invocationCount)
        let byInvocation = Dictionary(grouping: spans.all) { Int($0.name.split(separator: "/").last ?? "") ?? -1 }
        for (number, tracer) in tracers {
            let own = byInvocation[number] ?? []
            #expect(own.count == 7)
            let ids = Set(own.map(\.spanID))
            for span in own {
                #expect(span.attributes["honeyhive.session_id"] == .string(tracer.session.id.description))
                #expect(span.attributes["honeyhive.project"] == .string("p\(number)"))
                #expect(span.traceID == tracer.traceID)
                #expect(span.parentSpanID.map { ids.contains($0) } ?? (span.name == "root/\(number)"))
                let told = span.attributes["honeyhive_metadata.number"] ?? span.attributes["number"]
                #expect(told == nil || told == .int(number))
            }
            let body = try JSONNode(parsing: #require(tracer.takeSessionRequests().first).body)
            #expect(body["event_id"]?.text == tracer.session.id.description)
            #expect(body["metadata"] == ["number": .number(Double(number))])
        }
    }
}
