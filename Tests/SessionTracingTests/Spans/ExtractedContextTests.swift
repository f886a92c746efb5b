import SessionTracing
import Synchronization
import Testing
import Tracing

/// `extract`, `inject` and `forceFlush` of the bootstrapped instrument.
@Suite("A context that a library extracts")
struct ExtractedContextTests {
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let session = "aaaaaaaa-1234-1234-1234-123456789abc"
    private let registry = InvocationRegistry(policy: TracingPolicy())
    private let instrument: TaskLocalTracer

    init() {
        instrument = TaskLocalTracer(registry: registry)
    }

    private func extracted(
        _ headers: [String: String],
        into context: ServiceContext = .topLevel
    ) -> ServiceContext {
        var context = context
        instrument.extract(headers, into: &context, using: DictionaryFields())
        return context
    }

    @Test(
        "A span in it continues the sender's trace, in the sender's session",
        arguments: [
            ["traceparent", "tracestate", "baggage"], ["Traceparent", "Tracestate", "Baggage"],
            ["TRACEPARENT", "TRACESTATE", "BAGGAGE"],
        ]
    )
    func whole(names: [String]) async throws {
        let fixture = try TracerFixture(registry: registry)
        let values = [
            Self.traceparent, "vendor=1", "session_id=\(Self.session),project=theirs,source=prod,run_id=r-1,team=blue",
        ]
        let headers = Dictionary(uniqueKeysWithValues: zip(names, values))
        await fixture.invoke {
            let context = extracted(headers)
            instrument.withSpan("consumer", context: context) { span in
                instrument.withSpan("child") { _ in }
                var onward: [String: String] = [:]
                instrument.inject(span.context, into: &onward, using: DictionaryFields())
                #expect(onward["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(span.id)-01")
                #expect(onward["tracestate"] == "vendor=1")
                #expect(
                    onward["baggage"]
                        == "session_id=\(Self.session),project=theirs,source=prod,run_id=r-1,team=blue"
                )
                var same: [String: String] = [:]
                fixture.tracer.injectContext(into: &same)
                #expect(same == onward)
            }
        }
        let span = try fixture.spans.only("consumer")
        #expect(span.traceID.description == "0af7651916cd43dd8448eb211c80319c")
        #expect(span.parentSpanID?.description == "b7ad6b7169203331")
        #expect(span.isParentRemote)
        #expect(span.traceState == "vendor=1")
        #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
        #expect(span.attributes["honeyhive.project"] == "theirs")
        #expect(span.attributes["honeyhive.source"] == "prod")
        #expect(span.attributes["honeyhive_metadata.run_id"] == "r-1")
        #expect(span.attributes["baggage.team"] == "blue")
        let child = try fixture.spans.only("child")
        #expect(child.traceID == span.traceID)
        #expect(child.parentSpanID == span.spanID)
        #expect(child.attributes["honeyhive.session_id"] == .string(Self.session))
    }

    @Test("Without a session in it, a span is in the invocation's session")
    func noSession() throws {
        let fixture = try TracerFixture(registry: registry)
        instrument.startSpan("consumer", context: extracted(["traceparent": Self.traceparent])).end()
        let span = try fixture.spans.only("consumer")
        #expect(span.parentSpanID?.description == "b7ad6b7169203331")
        #expect(span.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
    }

    @Test("Without a trace in it, a span is in the sender's session, under the invocation's span")
    func noTrace() async throws {
        let fixture = try TracerFixture(registry: registry)
        try await fixture.invoke {
            try instrument.withSpan("outer") { outer in
                for headers in [["baggage": "session_id=\(Self.session)"], ["x-session-id": Self.session]] {
                    let name = headers.keys.joined()
                    instrument.startSpan(name, context: extracted(headers, into: .current ?? .topLevel)).end()
                    let span = try fixture.spans.only(name)
                    #expect(span.traceID == fixture.tracer.traceID)
                    #expect(span.parentSpanID == outer.id)
                    #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
                }
            }
        }
    }

    @Test("HoneyHive's own helpers within it stay in it, in a span or without one")
    func helpers() async throws {
        let fixture = try TracerFixture(registry: registry)
        let headers = ["traceparent": Self.traceparent, "baggage": "session_id=\(Self.session)"]
        await fixture.invoke {
            let context = extracted(headers, into: .current ?? .topLevel)
            await ServiceContext.$current.withValue(context) {
                await fixture.tracer.enrichSpanContext(eventName: "direct") { _ in }
                await instrument.withSpan("consumer") { _ in
                    await fixture.tracer.enrichSpanContext(eventName: "step") { _ in }
                }
            }
        }
        #expect(try fixture.spans.only("direct").parentSpanID?.description == "b7ad6b7169203331")
        let consumer = try fixture.spans.only("consumer")
        #expect(consumer.parentSpanID?.description == "b7ad6b7169203331")
        #expect(try fixture.spans.only("step").parentSpanID == consumer.spanID)
        #expect(try fixture.spans.only("step").traceID == consumer.traceID)
    }

    @Test("Headers without context, or with a malformed one, leave the span where it is")
    func nothing() throws {
        let fixture = try TracerFixture(registry: registry)
        for headers in [[:], ["accept": "*/*"], ["traceparent": "00-zz"]] {
            let context = extracted(headers, into: fixture.root.context)
            #expect(instrument.startSpan("s", context: context).parentID == fixture.root.id)
        }
    }

    @Test("In a detached task, a span in it belongs to the only running invocation's delivery")
    func detached() async throws {
        let fixture = try TracerFixture(registry: registry)
        await Task.detached { [self] in
            instrument.withSpan("consumer", context: extracted(["traceparent": Self.traceparent])) { _ in }
        }.value
        #expect(try fixture.spans.only("consumer").parentSpanID?.description == "b7ad6b7169203331")
    }

    @Test("Extracted while no invocation runs, it counts for the invocation that runs when the span starts")
    func extractedBetween() throws {
        try TracerFixture(registry: registry).tracer.endRootSpan()
        let headers = ["traceparent": Self.traceparent, "baggage": "session_id=\(Self.session)"]
        let context = extracted(headers)
        #expect(!instrument.startSpan("lost", context: context).isRecording)
        let fixture = try TracerFixture(registry: registry)
        let span = instrument.startSpan("consumer", context: context)
        instrument.startSpan("child", context: span.context).end()
        span.end()
        let recorded = try fixture.spans.only("consumer")
        #expect(recorded.parentSpanID?.description == "b7ad6b7169203331")
        #expect(recorded.attributes["honeyhive.session_id"] == .string(Self.session))
        #expect(try fixture.spans.only("child").parentSpanID == recorded.spanID)
    }

    @Test("In the handler's init, a span in it keeps the sender's trace and session, and open ones too")
    func inInit() throws {
        let headers = ["traceparent": Self.traceparent, "baggage": "session_id=\(Self.session)"]
        let ended = instrument.startSpan("ended", context: extracted(headers))
        instrument.startSpan("child", context: ended.context).end()
        ended.end()
        let open = instrument.startSpan("open", context: extracted(headers))
        let fixture = try TracerFixture(registry: registry)
        open.end()
        for name in ["ended", "open"] {
            let span = try fixture.spans.only(name)
            #expect(span.traceID.description == "0af7651916cd43dd8448eb211c80319c")
            #expect(span.parentSpanID?.description == "b7ad6b7169203331")
            #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
        }
        #expect(try fixture.spans.only("child").parentSpanID == ended.id)
    }

    @Test("Injected again without a span or an invocation, it is handed on")
    func handedOn() {
        var onward: [String: String] = [:]
        let headers = ["traceparent": Self.traceparent, "tracestate": "a=1", "baggage": "session_id=s,team=blue"]
        instrument.inject(extracted(headers), into: &onward, using: DictionaryFields())
        #expect(onward == headers)
        onward = [:]
        var context = ServiceContext.topLevel
        TaskLocalTracer().extract(headers, into: &context, using: DictionaryFields())
        TaskLocalTracer().inject(context, into: &onward, using: DictionaryFields())
        #expect(onward == headers)
    }

    @Test(
        "What the propagators exclude is not handed on, before the first invocation and with several running",
        arguments: [(.traceContext, true, false), (.baggage, false, true), ([], false, false)]
            as [(Propagators, Bool, Bool)]
    )
    func restricted(propagators: Propagators, writesTrace: Bool, writesBaggage: Bool) throws {
        let policy = TracingPolicy(propagators: propagators)
        let registry = InvocationRegistry(policy: policy)
        let instrument = TaskLocalTracer(registry: registry)
        let headers = ["traceparent": Self.traceparent, "baggage": "team=blue", "x-session-id": "s"]
        func handedOn() -> Set<String> {
            var context = ServiceContext.topLevel
            var onward: [String: String] = [:]
            instrument.extract(headers, into: &context, using: DictionaryFields())
            instrument.inject(context, into: &onward, using: DictionaryFields())
            return Set(onward.keys)
        }
        let expected = Set((writesTrace ? ["traceparent"] : []) + (writesBaggage ? ["baggage"] : []))
        #expect(handedOn() == expected)
        let invocations = try (0..<2).map { _ in try TracerFixture(policy: policy, registry: registry) }
        #expect(handedOn() == expected)
        for invocation in invocations { invocation.tracer.endRootSpan() }
        #expect(handedOn() == expected)
    }

    @Test("A link to it is a link to the sender's span")
    func link() throws {
        let fixture = try TracerFixture(registry: registry)
        let context = extracted(["traceparent": Self.traceparent])
        fixture.root.addLink(SpanLink(context: context, attributes: [:]))
        fixture.tracer.endRootSpan()
        let link = try #require(fixture.spans.only("root").links.first)
        #expect(link.traceID.description == "0af7651916cd43dd8448eb211c80319c")
        #expect(link.spanID.description == "b7ad6b7169203331")
    }

    @Test("The sender's choice not to record is followed, and counted")
    func notSampled() throws {
        let fixture = try TracerFixture(registry: registry)
        let headers = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"]
        instrument.startSpan("consumer", context: extracted(headers)).end()
        #expect(fixture.spans.all.isEmpty)
        #expect(fixture.spans.unrecorded?.takeUnreported() == [.notSampled: 1])
    }

    @Test("The active span is one that is still recording")
    func activeSpan() throws {
        let fixture = try TracerFixture(registry: registry)
        let span = instrument.startSpan("s", context: fixture.root.context)
        #expect(instrument.activeSpan(identifiedBy: span.context) === span)
        span.end()
        #expect(instrument.activeSpan(identifiedBy: span.context) == nil)
    }

    @Test("A forced flush asks the current invocation's delivery, or that of all running ones")
    func forceFlush() async throws {
        let (first, firstFlushes) = AsyncStream.makeStream(of: Void.self)
        let (second, secondFlushes) = AsyncStream.makeStream(of: Void.self)
        let fixture = try TracerFixture(registry: registry, onFlush: { firstFlushes.yield() })
        _ = try TracerFixture(registry: registry, onFlush: { secondFlushes.yield() })
        await fixture.invoke { instrument.flushNow() }
        for await _ in first { break }
        instrument.flushNow()
        for await _ in first { break }
        for await _ in second { break }
    }
}

extension TaskLocalTracer {
    /// Calls the deprecated requirement as an older library does.
    fileprivate func flushNow() {
        func call(_ tracer: some OldTracer) { tracer.forceFlush() }
        call(self)
    }
}

private protocol OldTracer {
    func forceFlush()
}

extension TaskLocalTracer: OldTracer {}
