import SessionTracing
import Synchronization
import Testing
import Tracing

@Suite("A part of an invocation that belongs to another caller")
struct DistributedTraceContextTests {
    private static let session = "aaaaaaaa-1234-1234-1234-123456789abc"
    private static let carrier = [
        "TraceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "TRACESTATE": "congo=t61rcWkgMzE",
        "Baggage": "session_id=\(session),project=theirs,source=prod",
    ]

    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    @Test("A session that a carrier's trace or a text in it makes is reported, one that the handler names is not")
    func reportedSessions() async throws {
        let registry = InvocationRegistry(policy: TracingPolicy())
        let problems = Mutex<[String]>([])
        registry.whenProblem { problem in problems.withLock { $0.append(problem) } }
        let fixture = try TracerFixture(origin: .generated, registry: registry)
        func reported(_ carrier: [String: String], sessionID: String? = nil) async -> [String] {
            await fixture.invoke {
                await fixture.tracer.withDistributedTraceContext(carrier, sessionID: sessionID) { tracer in
                    await tracer.enrichSpanContext(eventName: "step") { _ in }
                }
            }
            return problems.withLock { problems in
                defer { problems = [] }
                return problems
            }
        }
        let trace = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]
        let ofTrace = await reported(trace)
        #expect(ofTrace.count == 1)
        #expect(ofTrace.first?.contains("the trace id as a UUID") == true)
        let ofText = await reported(["baggage": "session_id=chat-7"])
        #expect(ofText.count == 1)
        #expect(ofText.first?.contains("not a UUID") == true)
        #expect(ofText.first?.contains("chat-7") == false)
        #expect(await reported(["x-session-id": "aaaaaaaa-1234-1234-1234-123456789abc"]) == [])
        #expect(await reported(trace, sessionID: "chat-7") == [])
        #expect(await reported([:]) == [])
    }

    @Test("Its spans are in the caller's session and trace, under the caller's span, whichever tracer makes them")
    func scope() async throws {
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(Self.carrier) { scoped in
                #expect(scoped.session.id.description == Self.session)
                #expect(scoped.session.origin == .baggage)
                await scoped.enrichSpanContext(eventName: "by scope") { _ in
                    await fixture.tracer.enrichSpanContext(eventName: "below") { _ in }
                }
                await fixture.tracer.enrichSpanContext(eventName: "by invocation") { _ in }
                TaskLocalTracer().withSpan("by instrument") { _ in }
            }
        }
        for name in ["by scope", "by invocation", "by instrument"] {
            let span = try fixture.spans.only(name)
            #expect(span.parentSpanID?.description == "b7ad6b7169203331")
            #expect(span.isParentRemote)
        }
        #expect(try fixture.spans.only("below").parentSpanID == fixture.spans.only("by scope").spanID)
        for span in fixture.spans.all {
            #expect(span.traceID.description == "0af7651916cd43dd8448eb211c80319c")
            #expect(span.traceState == "congo=t61rcWkgMzE")
            #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
            #expect(span.attributes["honeyhive.project"] == "theirs")
            #expect(span.attributes["honeyhive.source"] == "prod")
        }
    }

    @Test(
        "An explicit session takes precedence over the carrier's",
        arguments: [
            ("BBBBBBBB-1234-1234-1234-123456789ABC", "bbbbbbbb-1234-1234-1234-123456789abc", Session.Origin.argument),
            ("  ", session, .baggage),
        ]
    )
    func explicitSession(text: String, expected: String, origin: Session.Origin) async throws {
        await fixture.tracer.withDistributedTraceContext(Self.carrier, sessionID: text) { scoped in
            #expect(scoped.session.origin == origin)
            await fixture.tracer.enrichSpanContext(eventName: "step") { _ in }
        }
        let span = try fixture.spans.only("step")
        #expect(span.attributes["honeyhive.session_id"] == .string(expected))
        #expect(span.attributes["honeyhive.project"] == "theirs")
        #expect(span.parentSpanID?.description == "b7ad6b7169203331")
    }

    @Test(
        "A dedicated header names the session, after the baggage",
        arguments: ["X-Session-Id", "X-HoneyHive-Session-ID"]
    )
    func dedicatedHeader(name: String) async {
        let id = "cccccccc-1234-1234-1234-123456789abc"
        await fixture.tracer.withDistributedTraceContext([name: id]) { scoped in
            #expect(scoped.session.id.description == id)
            #expect(scoped.session.origin == .header)
        }
        await fixture.tracer.withDistributedTraceContext(Self.carrier.merging([name: id]) { $1 }) { scoped in
            #expect(scoped.session.id.description == Self.session)
        }
    }

    @Test("A scope within a scope that names only a session stays under the outer caller's span")
    func nestedScopes() async throws {
        let inner = ["baggage": "session_id=bbbbbbbb-1234-1234-1234-123456789abc"]
        await fixture.tracer.withDistributedTraceContext(Self.carrier) { outer in
            await outer.withDistributedTraceContext(inner) { tracer in
                await tracer.enrichSpanContext(eventName: "direct") { _ in }
            }
            await outer.enrichSpanContext(eventName: "outer") { _ in
                await outer.withDistributedTraceContext(inner) { tracer in
                    await tracer.enrichSpanContext(eventName: "below") { _ in }
                }
            }
        }
        #expect(try fixture.spans.only("direct").parentSpanID?.description == "b7ad6b7169203331")
        #expect(try fixture.spans.only("below").parentSpanID == fixture.spans.only("outer").spanID)
        for name in ["direct", "below"] {
            let span = try fixture.spans.only(name)
            #expect(span.traceID.description == "0af7651916cd43dd8448eb211c80319c")
            #expect(span.attributes["honeyhive.session_id"] == "bbbbbbbb-1234-1234-1234-123456789abc")
        }
    }

    @Test("A step with a session, a project and a source of its own has them, with all steps within it")
    func step() async throws {
        let attributes: [String: AttributeValue] = ["user.id": "12345", "honeyhive_event_id": "e-1"]
        await fixture.tracer.enrichSpanContext(
            eventName: "step",
            attributes: attributes,
            sessionID: Self.session,
            project: "theirs",
            source: "prod"
        ) { _ in
            await fixture.tracer.enrichSpanContext(eventName: "below") { _ in }
            TaskLocalTracer().withSpan("library") { _ in }
        }
        synchronousStep(attributes)
        await fixture.tracer.enrichSpanContext(eventName: "after") { _ in }
        for name in ["step", "below", "library"] {
            let span = try fixture.spans.only(name)
            #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
            #expect(span.attributes["honeyhive.project"] == "theirs")
            #expect(span.attributes["honeyhive.source"] == "prod")
            #expect(span.traceID == fixture.tracer.traceID)
        }
        for name in ["step", "synchronous"] {
            let span = try fixture.spans.only(name)
            #expect(span.parentSpanID == fixture.root.id)
            #expect(span.attributes["user.id"] == "12345")
            #expect(span.attributes["honeyhive_event_id"] == "e-1")
            #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
        }
        let after = try fixture.spans.only("after")
        #expect(after.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
    }

    private func synchronousStep(_ attributes: [String: AttributeValue]) {
        fixture.tracer.enrichSpanContext(
            eventName: "synchronous",
            attributes: attributes,
            sessionID: Self.session
        ) { _ in }
    }

    @Test("The function's evaluation run applies where the caller's baggage has none, in every scope")
    func evaluationRun() async throws {
        let evaluation = Baggage(runID: "r-1", datasetID: "d-1", datapointID: nil)
        let fixture = try TracerFixture(
            baggage: Baggage(header: "run_id=r-2"),
            policy: TracingPolicy(evaluation: evaluation)
        )
        await fixture.tracer.enrichSpanContext(eventName: "own") { _ in }
        await fixture.tracer.withDistributedTraceContext(["baggage": "team=blue"]) { tracer in
            await tracer.enrichSpanContext(eventName: "scope") { _ in }
            var headers: [String: String] = [:]
            tracer.injectContext(into: &headers)
            #expect(Baggage(header: headers["baggage"] ?? "")["run_id"] == "r-1")
        }
        let (own, scope) = (try fixture.spans.only("own"), try fixture.spans.only("scope"))
        #expect(own.attributes["honeyhive_metadata.run_id"] == "r-2")
        #expect(scope.attributes["honeyhive_metadata.run_id"] == "r-1")
        for span in [own, scope] {
            #expect(span.attributes["honeyhive_metadata.dataset_id"] == "d-1")
            #expect(span.attributes["honeyhive_metadata.datapoint_id"] == nil)
        }
    }

    @Test("After it, the invocation's own session goes on")
    func after() async throws {
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(Self.carrier) { _ in }
            await fixture.tracer.enrichSpanContext(eventName: "after") { _ in }
        }
        let span = try fixture.spans.only("after")
        #expect(span.parentSpanID == fixture.root.id)
        #expect(span.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
    }

    @Test("Child tasks of the part are in it", arguments: [false, true])
    func childTasks(isUnstructured: Bool) async throws {
        await fixture.tracer.withDistributedTraceContext(Self.carrier) { scoped in
            if isUnstructured {
                await Task { await scoped.enrichSpanContext(eventName: "child") { _ in } }.value
            } else {
                async let child: Void = scoped.enrichSpanContext(eventName: "child") { _ in }
                await child
            }
        }
        #expect(try fixture.spans.only("child").attributes["honeyhive.session_id"] == .string(Self.session))
        #expect(try fixture.spans.only("child").parentSpanID?.description == "b7ad6b7169203331")
    }

    @Test("A carrier with a session alone moves the session and not the trace")
    func sessionAlone() async throws {
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(["baggage": "honeyhive.session_id=\(Self.session)"]) { _ in
                await fixture.tracer.enrichSpanContext(eventName: "step") { _ in }
            }
        }
        let span = try fixture.spans.only("step")
        #expect(span.attributes["honeyhive.session_id"] == .string(Self.session))
        #expect(span.attributes["honeyhive.project"] == "demo")
        #expect(span.traceID == fixture.tracer.traceID)
        #expect(span.parentSpanID == fixture.root.id)
    }

    @Test(
        "A carrier without context, or with a malformed one, changes nothing",
        arguments: [[:], ["traceparent": "garbage", "baggage": "garbage"], ["baggage": "session_id=%20"], ["x": "y"]]
    )
    func nothing(carrier: [String: String]) async throws {
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(carrier) { _ in
                await fixture.tracer.enrichSpanContext(eventName: "step") { _ in }
            }
        }
        let span = try fixture.spans.only("step")
        #expect(span.parentSpanID == fixture.root.id)
        #expect(span.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
    }

    @Test("A part whose caller does not record is not recorded, and what is around it is")
    func unsampled() async throws {
        var carrier = Self.carrier
        carrier["TraceParent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        await fixture.tracer.withDistributedTraceContext(carrier) { scoped in
            await scoped.enrichSpanContext(eventName: "inside") { _ in }
        }
        await fixture.tracer.enrichSpanContext(eventName: "outside") { _ in }
        #expect(fixture.spans.all.map(\.name) == ["outside"])
    }

    @Test("What the part calls is handed the caller's session, with the part's span as the parent")
    func injects() async throws {
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(Self.carrier) { scoped in
                var headers: [String: String] = [:]
                fixture.tracer.injectContext(into: &headers)
                #expect(headers["traceparent"] == Self.carrier["TraceParent"])
                await scoped.enrichSpanContext(eventName: "call") { span in
                    fixture.tracer.injectContext(into: &headers)
                    #expect(headers["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(span.id)-01")
                    #expect(headers["tracestate"] == "congo=t61rcWkgMzE")
                    #expect(headers["baggage"] == "session_id=\(Self.session),project=theirs,source=prod")
                }
            }
        }
    }
}
