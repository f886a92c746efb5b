import SessionTracing
import Testing

@Suite("Parts of an invocation within one another, and beside it")
struct DistributedScopeTests {
    private static let own = AttributeValue.string("12345678-1234-1234-1234-123456789abc")
    private static let first = "aaaaaaaa-1234-1234-1234-123456789abc"
    private static let second = "bbbbbbbb-1234-1234-1234-123456789abc"
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let traceparent = "00-\(trace)-b7ad6b7169203331-01"

    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    private func session(of name: String) throws -> AttributeValue? {
        try fixture.spans.only(name).attributes["honeyhive.session_id"]
    }

    @Test("A carrier with a traceparent alone moves the trace and not the session")
    func traceparentAlone() async throws {
        await fixture.tracer.withDistributedTraceContext(["traceparent": Self.traceparent]) { scoped in
            #expect(scoped.session == fixture.tracer.session)
            await scoped.enrichSpanContext(eventName: "step") { _ in }
        }
        let span = try fixture.spans.only("step")
        #expect(span.traceID.description == Self.trace)
        #expect(span.parentSpanID?.description == "b7ad6b7169203331")
        #expect(try session(of: "step") == Self.own)
        #expect(span.attributes["honeyhive.project"] == "demo")
    }

    @Test(
        "If nobody named the invocation's session, a part without a session is in that of its trace",
        arguments: [Session.Origin.generated, .trace]
    )
    func sessionOfTrace(origin: Session.Origin) async throws {
        let fixture = try TracerFixture(origin: origin)
        await fixture.tracer.withDistributedTraceContext(["traceparent": Self.traceparent]) { scoped in
            #expect(scoped.session.id.description == "0af76519-16cd-43dd-8448-eb211c80319c")
            #expect(scoped.session.origin == .trace)
        }
        let own = "00-\(fixture.tracer.traceID)-b7ad6b7169203331-01"
        await fixture.tracer.withDistributedTraceContext(["traceparent": own]) { scoped in
            #expect(scoped.session == fixture.tracer.session)
        }
    }

    @Test(
        "A dedicated header names the session, after the baggage",
        arguments: ["x-session-id", "X-HoneyHive-Session-Id"]
    )
    func dedicatedHeader(name: String) async throws {
        await fixture.tracer.withDistributedTraceContext([name: Self.first]) { scoped in
            #expect(scoped.session.id.description == Self.first)
            #expect(scoped.session.origin == .header)
        }
        let both = [name: Self.first, "baggage": "session_id=\(Self.second)"]
        await fixture.tracer.withDistributedTraceContext(both) { scoped in
            #expect(scoped.session.id.description == Self.second)
        }
    }

    @Test("Two parents are none")
    func twoParents() async throws {
        let carrier = [("traceparent", Self.traceparent), ("Traceparent", Self.traceparent)]
        await fixture.tracer.withDistributedTraceContext(carrier) { scoped in
            #expect(scoped.traceID == fixture.tracer.traceID)
        }
    }

    @Test("The flags and the state of a trace stay with it")
    func flagsAndState() async throws {
        let parent = TraceContext(traceparent: "00-\(Self.trace)-b7ad6b7169203331-03", tracestate: "a=1")
        let fixture = try TracerFixture(parent: parent)
        func sent() -> [String: String] {
            var headers: [String: String] = [:]
            fixture.tracer.injectContext(into: &headers)
            return headers
        }
        #expect(sent()["tracestate"] == "a=1")
        #expect(sent()["traceparent"]?.hasSuffix("-03") == true)
        let other = "00-ffffffffffffffffffffffffffffffff-b7ad6b7169203332-09"
        await fixture.tracer.withDistributedTraceContext(["traceparent": other]) { _ in
            #expect(sent()["tracestate"] == nil)
            #expect(sent()["traceparent"] == other)
        }
        await fixture.tracer.withDistributedTraceContext(["baggage": "session_id=\(Self.first)"]) { _ in
            #expect(sent()["tracestate"] == "a=1")
            #expect(sent()["traceparent"]?.hasSuffix("-03") == true)
        }
    }

    @Test(
        "With a malformed traceparent the session moves, and the trace does not",
        arguments: [
            "garbage", "", "00-\(trace)-0000000000000000-01", "ff-\(trace)-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-\(trace)-b7ad6b7169203331",
        ]
    )
    func malformedTraceparent(text: String) async throws {
        let carrier = ["traceparent": text, "baggage": "session_id=\(Self.first)"]
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(carrier) { scoped in
                await scoped.enrichSpanContext(eventName: "step") { _ in }
            }
        }
        let span = try fixture.spans.only("step")
        #expect(span.traceID == fixture.tracer.traceID)
        #expect(span.parentSpanID == fixture.root.id)
        #expect(try session(of: "step") == .string(Self.first))
    }

    @Test("A part within a part takes from it what its own carrier does not name, and gives it back at its end")
    func nested() async throws {
        let outer = ["traceparent": Self.traceparent, "baggage": "session_id=\(Self.first),project=outer"]
        await fixture.tracer.withDistributedTraceContext(outer) { _ in
            await fixture.tracer.withDistributedTraceContext(["baggage": "session_id=\(Self.second)"]) { inner in
                #expect(inner.session.project == "outer")
                #expect(inner.requestID == "request-1")
                await fixture.tracer.enrichSpanContext(eventName: "inner") { _ in }
            }
            await fixture.tracer.enrichSpanContext(eventName: "outer") { _ in }
        }
        await fixture.tracer.enrichSpanContext(eventName: "outside") { _ in }
        #expect(try session(of: "inner") == .string(Self.second))
        #expect(try session(of: "outer") == .string(Self.first))
        #expect(try session(of: "outside") == Self.own)
        #expect(try fixture.spans.only("inner").traceID.description == Self.trace)
        #expect(try fixture.spans.only("outer").parentSpanID?.description == "b7ad6b7169203331")
        #expect(try fixture.spans.only("outside").parentSpanID == fixture.root.id)
    }

    @Test("A part within a step of another part is under its own caller, and then the step goes on")
    func nestedInStep() async throws {
        let other = "00-ffffffffffffffffffffffffffffffff-b7ad6b7169203332-01"
        await fixture.tracer.withDistributedTraceContext(["traceparent": Self.traceparent]) { outer in
            await outer.enrichSpanContext(eventName: "step") { _ in
                await outer.withDistributedTraceContext(["traceparent": other]) { inner in
                    await inner.enrichSpanContext(eventName: "inner") { _ in }
                }
                await outer.enrichSpanContext(eventName: "after") { _ in }
            }
        }
        #expect(try fixture.spans.only("inner").parentSpanID?.description == "b7ad6b7169203332")
        #expect(try fixture.spans.only("inner").traceID.description == String(repeating: "f", count: 32))
        #expect(try fixture.spans.only("after").parentSpanID == fixture.spans.only("step").spanID)
    }

    @Test("A detached task is in the part whose tracer it uses, whatever part started it")
    func detached() async throws {
        let carrier = ["traceparent": Self.traceparent, "baggage": "session_id=\(Self.first)"]
        let invocation = fixture.tracer
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(carrier) { scoped in
                await Task.detached {
                    await scoped.enrichSpanContext(eventName: "by part") { _ in }
                    await invocation.enrichSpanContext(eventName: "by invocation") { _ in }
                }.value
            }
        }
        #expect(try session(of: "by part") == .string(Self.first))
        #expect(try fixture.spans.only("by part").parentSpanID?.description == "b7ad6b7169203331")
        #expect(try session(of: "by invocation") == Self.own)
        #expect(try fixture.spans.only("by invocation").parentSpanID == fixture.root.id)
    }

    @Test("Parts that run at once do not meet")
    func concurrent() async throws {
        let tracer = fixture.tracer
        await fixture.invoke {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let carrier = ["baggage": "session_id=conversation-\(number)"]
                        await tracer.withDistributedTraceContext(carrier) { _ in
                            await Task.yield()
                            await tracer.enrichSpanContext(eventName: "part \(number)") { _ in await Task.yield() }
                        }
                    }
                }
            }
        }
        for number in 0..<50 {
            let id = try #require(SessionID("conversation-\(number)"))
            #expect(try session(of: "part \(number)") == .string(id.description))
        }
    }

    @Test("The part gives back its value, and throws what it throws")
    func outcome() async throws {
        let value = await fixture.tracer.withDistributedTraceContext([:]) { _ in 42 }
        #expect(value == 42)
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.withDistributedTraceContext([("x", "y")]) { _ in throw CancellationError() }
        }
        fixture.tracer.endRootSpan()
        // A scope has no span of its own, so an error thrown from it marks no span as failed.
        #expect(try fixture.spans.only("root").status == .unset)
    }
}
