import SessionTracing
import Synchronization
import Testing
import Tracing

/// Spans whose context has no invocation: of the handler's init, of detached tasks, and between invocations.
@Suite("Spans outside any invocation")
struct SpansOutsideInvocationsTests {
    private let clock: ManualClock
    private let registry: InvocationRegistry
    private let instrument: TaskLocalTracer

    init() {
        clock = ManualClock()
        registry = InvocationRegistry(policy: TracingPolicy(), clock: clock.clock)
        instrument = TaskLocalTracer(registry: registry)
    }

    private func begin(
        _ sessionText: String = "12345678-1234-1234-1234-123456789abc",
        parent: TraceContext? = nil
    ) throws -> TracerFixture {
        try TracerFixture(sessionText: sessionText, parent: parent, clock: clock, registry: registry)
    }

    private func count(_ cause: UnrecordedCause) -> Int { registry.unrecorded.takeUnreported()[cause] ?? 0 }

    // MARK: Before the first invocation

    @Test("Spans of the init hang under the first invocation's root, in its session and trace, with their own times")
    func initSpans() async throws {
        let parent = try #require(
            TraceContext(
                traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                tracestate: "vendor=1"
            )
        )
        await instrument.withSpan("load-model", ofKind: .client) { span in
            clock.advance(nanoseconds: 5)
            span.attributes["size"] = 7
            instrument.withSpan("read-file") { _ in clock.advance(nanoseconds: 3) }
            await Task { instrument.withSpan("in a task") { _ in } }.value
        }
        clock.advance(nanoseconds: 100)
        let fixture = try begin(parent: parent)
        let outer = try fixture.spans.only("load-model")
        let inner = try fixture.spans.only("read-file")
        #expect(outer.parentSpanID == fixture.root.id)
        #expect(inner.parentSpanID == outer.spanID)
        #expect(try fixture.spans.only("in a task").parentSpanID == outer.spanID)
        for span in [outer, inner] {
            #expect(span.traceID == parent.traceID)
            #expect(span.traceState == "vendor=1")
            #expect(span.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
            #expect(span.attributes["honeyhive.project"] == "demo")
            #expect(span.attributes["honeyhive_event_type"] != nil)
        }
        #expect(outer.kind == .client)
        #expect(outer.attributes["size"] == 7)
        #expect(outer.endUnixNanoseconds - outer.startUnixNanoseconds == 8)
        #expect(outer.endUnixNanoseconds + 100 == fixture.root.startUnixNanoseconds)
    }

    @Test("They belong to the first invocation only")
    func firstInvocationOnly() throws {
        instrument.startSpan("early", context: .topLevel).end()
        let first = try begin()
        let second = try begin("22345678-1234-1234-1234-123456789abc")
        #expect(first.spans.all.map(\.name) == ["early"])
        #expect(second.spans.all.isEmpty)
    }

    @Test("Of many invocations that begin at once, one takes all of them")
    func concurrentFirstInvocations() async throws {
        for number in 0..<20 { instrument.startSpan("early \(number)", context: .topLevel).end() }
        let registry = registry
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try TracerFixture(registry: registry).spans.all.count }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts.filter { $0 > 0 } == [20])
    }

    @Test("One that is open when the first invocation begins is delivered when it ends, with its children")
    func openInitSpan() throws {
        let open = instrument.startSpan("open", context: .topLevel)
        let fixture = try begin()
        #expect(open.isRecording)
        let child = instrument.startSpan("child", context: open.context)
        fixture.clock.advance(nanoseconds: 4)
        child.end()
        open.setAttribute("late", to: 1)
        open.end()
        let recorded = try fixture.spans.only("open")
        #expect(recorded.parentSpanID == fixture.root.id)
        #expect(recorded.attributes["late"] == 1)
        #expect(try fixture.spans.only("child").parentSpanID == open.id)
        #expect(try fixture.spans.only("child").traceID == fixture.tracer.traceID)
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("root").attributes["honeyhive_metadata.unfinished_spans"] == nil)
    }

    @Test("A custom rule may use the spans of a caller's scope while these are adopted, and runs once for the scope")
    func ruleDuringAdoption() throws {
        let open = Mutex<TracedSpan?>(nil)
        let calls = Mutex(0)
        let redaction = Redaction { [instrument] path, value in
            guard path == ["baggage.team"], let span = open.withLock({ $0 }) else { return value }
            calls.withLock { $0 += 1 }
            instrument.startSpan("of the rule", context: span.context).end()
            return span.traceContext?.isSampled == true ? "a team" : "none"
        }
        var context = ServiceContext.topLevel
        let headers = [
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "team=blue",
        ]
        instrument.extract(headers, into: &context, using: DictionaryFields())
        instrument.startSpan("ended", context: context).end()
        let span = instrument.startSpan("open", context: context)
        open.withLock { $0 = span }
        let fixture = try TracerFixture(policy: TracingPolicy(redaction: redaction), clock: clock, registry: registry)
        instrument.startSpan("child", context: span.context).end()
        span.end()
        for name in ["ended", "open", "child"] {
            #expect(try fixture.spans.only(name).attributes["baggage.team"] == "a team")
        }
        #expect(try fixture.spans.only("of the rule").parentSpanID == span.id)
        #expect(calls.withLock { $0 } == 1)
    }

    @Test("Those that end while the first invocation begins are recorded once each")
    func endedDuringAdoption() async throws {
        let spans = (0..<200).map { instrument.startSpan("early \($0)", context: .topLevel) }
        let fixture = try await withThrowingTaskGroup(of: TracerFixture?.self) { group in
            for span in spans.reversed() {
                group.addTask {
                    span.end()
                    return nil
                }
            }
            let registry = registry
            group.addTask { try TracerFixture(registry: registry) }
            return try await group.reduce(nil) { $0 ?? $1 }
        }
        let invocation = try #require(fixture)
        invocation.tracer.endRootSpan()
        #expect(Set(invocation.spans.all.map(\.spanID)) == Set(spans.map(\.id) + [invocation.root.id]))
        #expect(invocation.spans.all.count == spans.count + 1)
        #expect(try invocation.spans.only("root").attributes["honeyhive_metadata.unfinished_spans"] == nil)
    }

    @Test("One that never ends is ended with the first invocation, as unfinished")
    func unfinishedInitSpan() throws {
        let open = instrument.startSpan("open", context: .topLevel)
        let fixture = try begin()
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("open").attributes["honeyhive_metadata.unfinished"] == true)
        #expect(try fixture.spans.only("root").attributes["honeyhive_metadata.unfinished_spans"] == 1)
        open.end()
        #expect(fixture.spans.all.count == 2)
    }

    @Test("Their errors, events and links are kept, and links among them lead into the invocation's trace")
    func details() throws {
        let first = instrument.startSpan("first", context: .topLevel)
        let second = instrument.startSpan("second", context: .topLevel)
        second.addLink(SpanLink(context: first.context, attributes: [:]))
        second.addEvent("e")
        second.recordError(CancellationError())
        second.end()
        let fixture = try begin()
        first.end()
        let recorded = try fixture.spans.only("second")
        #expect(recorded.links.map(\.spanID) == [first.id])
        #expect(recorded.links.map(\.traceID) == [fixture.tracer.traceID])
        #expect(recorded.events.map(\.name) == ["e", "exception"])
        #expect(recorded.attributes["honeyhive_error"] != nil)
    }

    @Test("More than 1,000 are counted, and their number is bounded")
    func limit() throws {
        for number in 0..<1_003 {
            let span = instrument.startSpan("\(number)", context: .topLevel)
            #expect(span.isRecording == (number < 1_000))
            if number.isMultiple(of: 2) { span.end() }
        }
        #expect(count(.initSpanLimit) == 3)
        let fixture = try begin()
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.count == 1_001)
    }

    @Test("An invocation that is not sampled counts them as such")
    func unsampled() throws {
        instrument.startSpan("early", context: .topLevel).end()
        let parent = TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
        let fixture = try begin(parent: parent)
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.isEmpty)
        #expect(fixture.spans.unrecorded?.takeUnreported() == [.notSampled: 2])
        #expect(fixture.spans.unrecorded?.takeUnlogged() == [:])
    }

    @Test("A process that ends before its first invocation counts them")
    func processEnds() {
        instrument.startSpan("early", context: .topLevel).end()
        let open = instrument.startSpan("open", context: .topLevel)
        registry.endProcess()
        open.end()
        registry.endProcess()
        #expect(count(.neverInvoked) == 2)
    }

    @Test("A request of the init carries nothing on, because its trace is not known yet")
    func injectInInit() throws {
        let span = instrument.startSpan("early", context: .topLevel)
        var headers: [String: String] = [:]
        instrument.inject(span.context, into: &headers, using: DictionaryFields())
        #expect(headers.isEmpty)
        let fixture = try begin()
        instrument.inject(span.context, into: &headers, using: DictionaryFields())
        #expect(headers["traceparent"] == "00-\(fixture.tracer.traceID)-\(span.id)-01")
    }

    // MARK: During an invocation

    @Test("A detached task's spans belong to the only running invocation, as children of its root")
    func detached() async throws {
        let fixture = try begin()
        let instrument = instrument
        await Task.detached {
            await instrument.withSpan("x") { _ in
                await Task.yield()
                instrument.withSpan("y") { _ in }
            }
        }.value
        #expect(try fixture.spans.only("x").parentSpanID == fixture.root.id)
        #expect(try fixture.spans.only("y").parentSpanID == fixture.spans.only("x").spanID)
        #expect(count(.noInvocation) == 0)
    }

    @Test("A detached span that is open at the end of the invocation is ended with it")
    func detachedOpen() throws {
        let fixture = try begin()
        _ = instrument.startSpan("x", context: .topLevel)
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("x").attributes["honeyhive_metadata.unfinished"] == true)
    }

    @Test("With several invocations, a detached task's span is counted")
    func several() async throws {
        let fixtures = [try begin(), try begin()]
        let instrument = instrument
        await Task.detached { instrument.withSpan("x") { span in #expect(!span.isRecording) } }.value
        #expect(fixtures.allSatisfy { $0.spans.all.isEmpty })
        #expect(count(.severalInvocations) == 1)
        fixtures[0].tracer.endRootSpan()
        await Task.detached { instrument.withSpan("x") { _ in } }.value
        #expect(try fixtures[1].spans.only("x").parentSpanID == fixtures[1].root.id)
    }

    @Test("With several invocations, a top-level context in a handler's task belongs to the task's invocation")
    func topLevelInTask() async throws {
        let fixtures = [try begin(), try begin()]
        await fixtures[0].invoke { instrument.withSpan("x", context: .topLevel) { _ in } }
        #expect(try fixtures[0].spans.only("x").parentSpanID == fixtures[0].root.id)
        #expect(count(.severalInvocations) == 0)
    }

    @Test("A child of a span that was not recorded belongs to the invocation that runs by then")
    func childOfLostSpan() throws {
        try begin().tracer.endRootSpan()
        let lost = instrument.startSpan("lost", context: .topLevel)
        let fixture = try begin()
        instrument.startSpan("child", context: lost.context).end()
        #expect(try fixture.spans.only("child").parentSpanID == fixture.root.id)
        #expect(count(.noInvocation) == 1)
    }

    // MARK: After an invocation

    @Test("Between invocations a span is counted, and the first one since the last line asks for a line")
    func between() throws {
        let calls = Mutex(0)
        registry.whenLost { calls.withLock { $0 += 1 } }
        let fixture = try begin()
        fixture.tracer.endRootSpan()
        for _ in 0..<3 { instrument.withSpan("x", context: .topLevel) { _ in } }
        #expect(fixture.spans.all.map(\.name) == ["root"])
        #expect(registry.takeLosses() == [.noInvocation: 3])
        #expect(count(.noInvocation) == 3)
        #expect(calls.withLock { $0 } == 1)
        instrument.withSpan("later", context: .topLevel) { _ in }
        #expect(registry.takeLosses() == [.noInvocation: 1])
        #expect(calls.withLock { $0 } == 2)
    }

    @Test("A child task's spans after the response keep their invocation, under its root, in any context")
    func afterResponse() async throws {
        let fixture = try begin()
        let other = try begin()
        await fixture.invoke {
            fixture.tracer.endRootSpan()
            other.tracer.endRootSpan()
            instrument.withSpan("in context") { _ in }
            instrument.withSpan("top level", context: .topLevel) { _ in }
            await fixture.tracer.enrichSpanContext(eventName: "by tracer") { _ in }
            await Task.detached { await fixture.tracer.enrichSpanContext(eventName: "detached") { _ in } }.value
        }
        for name in ["in context", "top level", "by tracer", "detached"] {
            #expect(try fixture.spans.only(name).parentSpanID == fixture.root.id, "\(name)")
        }
        #expect(count(.noInvocation) == 0)
    }

    @Test("A session update after the invocation is sent by the next flush")
    func lateSessionUpdate() throws {
        let fixture = try begin()
        fixture.tracer.endRootSpan()
        fixture.tracer.enrichSession(metadata: ["a": 1])
        #expect(fixture.tracer.takeSessionRequests().count == 1)
        fixture.tracer.enrichSession(metadata: ["b": 2])
        #expect(fixture.spans.requests.count == 1)
        let body = try #require(fixture.spans.requests.first?.body)
        #expect(String(decoding: body, as: UTF8.self).contains(#""metadata":{"b":2}"#))
    }

    // MARK: Tracing is off

    @Test("Without a registry nothing is kept and nothing counted")
    func off() {
        let span = TaskLocalTracer().startSpan("x", context: .topLevel)
        span.setAttribute("k", to: 1)
        #expect(!span.isRecording)
        span.end()
        #expect(registry.unrecorded.takeUnreported().isEmpty)
    }
}
