import SessionTracing
import Testing
import Tracing

/// All concurrent writes of several tasks to one span must be kept.
@Suite("Concurrent writes to a span")
struct ConcurrentWritesTests {
    private static let taskCount = 8
    private static let writesPerTask = 1_250
    /// 8 × 100 keys are within the span's attribute limit.
    private static let keysPerTask = 100

    private func write(to span: TracedSpan, _ write: @escaping @Sendable (TracedSpan, _ task: Int, _ step: Int) -> Void)
        async
    {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<Self.taskCount {
                group.addTask {
                    for step in 0..<Self.writesPerTask { write(span, task, step) }
                }
            }
        }
    }

    /// Returns the last step that writes a task's key.
    private func lastStep(ofKey key: Int) -> Int {
        (Self.writesPerTask - 1 - key) / Self.keysPerTask * Self.keysPerTask + key
    }

    private func expectAll(_ span: SpanRecord, prefix: String) {
        for task in 0..<Self.taskCount {
            let values = (0..<Self.keysPerTask).map { span.attributes["\(prefix)t\(task).k\($0)"] }
            #expect(values == (0..<Self.keysPerTask).map { .int(lastStep(ofKey: $0)) })
        }
        #expect(span.attributes.droppedCount == 0)
    }

    @Test("No attribute is lost, and each has its last value")
    func attributes() async throws {
        let fixture = try TracerFixture()
        await write(to: fixture.root) { span, task, step in
            span.setAttribute("t\(task).k\(step % Self.keysPerTask)", to: .int(step))
        }
        fixture.tracer.endRootSpan()
        expectAll(try fixture.spans.only("root"), prefix: "")
    }

    @Test("No enrichment is lost, and each has its last value")
    func enrichments() async throws {
        let fixture = try TracerFixture()
        await write(to: fixture.root) { span, task, step in
            span.enrich(outputs: ["t\(task).k\(step % Self.keysPerTask)": .int(step)])
        }
        fixture.tracer.endRootSpan()
        expectAll(try fixture.spans.only("root"), prefix: "honeyhive_outputs.")
    }

    @Test("No event is lost: those over the limit are counted")
    func events() async throws {
        let fixture = try TracerFixture()
        await write(to: fixture.root) { span, _, _ in span.addEvent("e") }
        fixture.tracer.endRootSpan()
        let span = try fixture.spans.only("root")
        #expect(span.events.count == 128)
        #expect(span.events.count + span.droppedEventCount == Self.taskCount * Self.writesPerTask)
    }

    /// swift-distributed-tracing writes one attribute by reading and setting all of them.
    @Test("No attribute is lost that is written through swift-distributed-tracing")
    func distributedTracingAttributes() async throws {
        let fixture = try TracerFixture()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<Self.taskCount {
                group.addTask {
                    let span: any Span = fixture.root
                    for step in 0..<40 { span.attributes["t\(task).k\(step % 20)"] = step }
                }
            }
        }
        fixture.tracer.endRootSpan()
        let attributes = try fixture.spans.only("root").attributes
        for task in 0..<Self.taskCount {
            #expect((0..<20).map { attributes["t\(task).k\($0)"] } == (20..<40).map { .int($0) })
        }
    }

    /// The same deterministically: the other write happens between reading and setting.
    @Test("A value that another task replaces in between is not set back")
    func replacedInBetween() throws {
        func write(_ attributes: inout SpanAttributes, _ meanwhile: () -> Void) {
            attributes["mine"] = 1
            meanwhile()
        }
        let fixture = try TracerFixture()
        let span = fixture.root
        span.setAttribute("theirs", to: "old")
        write(&span.attributes) { span.setAttribute("theirs", to: "new") }
        #expect(span.attributes.get("theirs") == .string("new"))
        span.updateAttributes { attributes in
            attributes["mine"] = 2
            span.setAttribute("theirs", to: "newest")
        }
        fixture.tracer.endRootSpan()
        let attributes = try fixture.spans.only("root").attributes
        #expect(attributes["theirs"] == "newest")
        #expect(attributes["mine"] == 2)
    }

    @Test("Steps that run at once write to their own spans")
    func ownSpans() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await fixture.invoke {
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<Self.taskCount {
                    group.addTask {
                        await tracer.enrichSpanContext(eventName: "task \(task)") { span in
                            for step in 0..<50 {
                                span.enrich(outputs: ["step": .int(step), "task": .int(task)])
                                await Task.yield()
                            }
                        }
                    }
                }
            }
        }
        for task in 0..<Self.taskCount {
            let span = try fixture.spans.only("task \(task)")
            #expect(span.attributes["honeyhive_outputs.step"] == 49)
            #expect(span.attributes["honeyhive_outputs.task"] == .int(task))
        }
    }
}
