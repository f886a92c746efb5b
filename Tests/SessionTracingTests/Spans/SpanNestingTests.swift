import SessionTracing
import Testing
import Tracing

@Suite("Which span is under which")
struct SpanNestingTests {
    @Test("A step is under the step around it, and the first ones are under the root")
    func scopes() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await fixture.invoke {
            await tracer.enrichSpanContext(eventName: "outer") { _ in
                await tracer.enrichSpanContext(eventName: "inner") { _ in }
                await tracer.enrichSpanContext(eventName: "second") { _ in }
            }
            await tracer.enrichSpanContext(eventName: "next") { _ in }
        }
        tracer.endRootSpan()
        let outer = try fixture.spans.only("outer")
        #expect(outer.parentSpanID == fixture.root.id)
        #expect(try fixture.spans.only("inner").parentSpanID == outer.spanID)
        #expect(try fixture.spans.only("second").parentSpanID == outer.spanID)
        #expect(try fixture.spans.only("next").parentSpanID == fixture.root.id)
        #expect(try fixture.spans.only("root").parentSpanID == nil)
        #expect(Set(fixture.spans.all.map(\.traceID)) == [tracer.traceID])
        #expect(Set(fixture.spans.all.map(\.spanID)).count == 5)
        #expect(fixture.spans.all.map(\.name) == ["inner", "second", "outer", "next", "root"])
    }

    @Test("A step in an async let is under the step that starts it")
    func asyncLet() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await fixture.invoke {
            await tracer.enrichSpanContext(eventName: "outer") { _ in
                async let left: Void = tracer.enrichSpanContext(eventName: "left") { _ in await Task.yield() }
                async let right: Void = tracer.enrichSpanContext(eventName: "right") { _ in
                    await tracer.enrichSpanContext(eventName: "below right") { _ in await Task.yield() }
                }
                _ = await (left, right)
            }
        }
        let outer = try fixture.spans.only("outer")
        let right = try fixture.spans.only("right")
        #expect(try fixture.spans.only("left").parentSpanID == outer.spanID)
        #expect(right.parentSpanID == outer.spanID)
        #expect(try fixture.spans.only("below right").parentSpanID == right.spanID)
    }

    @Test("Steps in a task group are under the step around the group, however they interleave")
    func taskGroup() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await fixture.invoke {
            await tracer.enrichSpanContext(eventName: "outer") { _ in
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<50 {
                        group.addTask {
                            await tracer.enrichSpanContext(eventName: "child \(index)") { _ in
                                await Task.yield()
                                await tracer.enrichSpanContext(eventName: "grandchild \(index)") { _ in
                                    await Task.yield()
                                }
                            }
                        }
                    }
                }
            }
        }
        let outer = try fixture.spans.only("outer")
        for index in 0..<50 {
            let child = try fixture.spans.only("child \(index)")
            #expect(child.parentSpanID == outer.spanID)
            #expect(try fixture.spans.only("grandchild \(index)").parentSpanID == child.spanID)
        }
    }

    @Test("An unstructured task takes the step along that started it")
    func unstructuredTask() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await fixture.invoke {
            await tracer.enrichSpanContext(eventName: "outer") { _ in
                await Task { await tracer.enrichSpanContext(eventName: "inner") { _ in } }.value
            }
        }
        #expect(try fixture.spans.only("inner").parentSpanID == fixture.spans.only("outer").spanID)
    }

    @Test("A detached task knows no step, so its steps are under the root")
    func detachedTask() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await fixture.invoke {
            await tracer.enrichSpanContext(eventName: "outer") { _ in
                await Task.detached {
                    await tracer.enrichSpanContext(eventName: "detached") { _ in
                        await tracer.enrichSpanContext(eventName: "below") { _ in }
                    }
                }.value
            }
        }
        let detached = try fixture.spans.only("detached")
        #expect(detached.parentSpanID == fixture.root.id)
        #expect(try fixture.spans.only("below").parentSpanID == detached.spanID)
    }

    /// A task that outlives its invocation keeps its step as the current span.
    @Test("A step of another invocation is no parent")
    func otherInvocation() async throws {
        let first = try TracerFixture()
        let second = try TracerFixture(sessionText: "another session")
        await first.invoke {
            await first.tracer.enrichSpanContext(eventName: "first") { _ in
                await second.tracer.enrichSpanContext(eventName: "second") { _ in
                    await second.tracer.enrichSpanContext(eventName: "below") { _ in }
                }
            }
        }
        let span = try second.spans.only("second")
        #expect(span.parentSpanID == second.root.id)
        #expect(span.traceID == second.tracer.traceID)
        #expect(span.attributes["honeyhive.session_id"] == .string(second.tracer.session.id.description))
        #expect(try second.spans.only("below").parentSpanID == span.spanID)
        #expect(first.spans.all.map(\.name) == ["first"])
    }

    @Test("The root is under the caller's span, in the caller's trace")
    func remoteParent() async throws {
        let parent = try #require(
            TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "a=1")
        )
        let fixture = try TracerFixture(parent: parent)
        let step = try await fixture.record { _ in }
        fixture.tracer.endRootSpan()
        let root = try fixture.spans.only("root")
        #expect(root.parentSpanID == parent.spanID)
        #expect(root.isParentRemote)
        #expect(step.parentSpanID == root.spanID)
        #expect(!step.isParentRemote)
        for span in [root, step] {
            #expect(span.traceID == parent.traceID)
            #expect(span.traceState == "a=1")
        }
    }

    @Test("Each trace without a caller is a new one")
    func newTraces() throws {
        let traces = try Set((0..<100).map { _ in try TracerFixture().tracer.traceID })
        #expect(traces.count == 100)
    }

    @Test("The value of a step is the scope's value")
    func value() async throws {
        let tracer = try TracerFixture().tracer
        #expect(await tracer.enrichSpanContext(eventName: "step") { _ in 42 } == 42)
    }

    @Test("The current span is the innermost one, the root outside of any, and none after the invocation")
    func currentSpan() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        #expect(tracer.currentSpan === fixture.root)
        await tracer.enrichSpanContext(eventName: "outer") { outer in
            #expect(tracer.currentSpan === outer)
            await tracer.enrichSpanContext(eventName: "inner") { inner in #expect(tracer.currentSpan === inner) }
            #expect(tracer.currentSpan === outer)
            tracer.enrichSpan(outputs: ["k": 1])
        }
        tracer.enrichSpan(outputs: ["r": 2])
        tracer.endRootSpan()
        #expect(tracer.currentSpan == nil)
        #expect(try fixture.spans.only("outer").attributes["honeyhive_outputs.k"] == 1)
        #expect(try fixture.spans.only("inner").attributes["honeyhive_outputs.k"] == nil)
        #expect(try fixture.spans.only("root").attributes["honeyhive_outputs.r"] == 2)
    }
}
