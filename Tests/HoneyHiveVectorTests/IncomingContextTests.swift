import FoundationEssentials
import SessionTracing
import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("Incoming headers as HoneyHive's own client reads them")
struct IncomingContextTests {
    /// Attributes that every span has here but not in the recordings; `SpanTests` compares them.
    private static let ownAttributes: Set = ["honeyhive.session_name", "honeyhive.session_auto_create", "session.id"]

    @Test("withDistributedTraceContext makes the recorded span", arguments: try IncomingCase.all())
    func scope(incoming: IncomingCase) async throws {
        let recorder = SpanStore()
        let tracer = try Self.serverTracer(of: incoming, recorder: recorder)
        let carrier = incoming.headers.flatMap { header in header.values.map { (header.name, $0) } }
        await tracer.withDistributedTraceContext(carrier) { scoped in
            await scoped.enrichSpanContext(eventName: "process_event") { _ in }
        }
        let expected = try incoming.expected()
        #expect(recorder.spans.count == (expected == nil ? 0 : 1))
        guard let expected, let span = recorder.spans.first else { return }
        #expect(try Leaves(Self.document(span)).mismatches(with: expected).isEmpty)
    }

    /// Returns the server's tracer as recorded, with the recording's trace id if a new trace starts.
    private static func serverTracer(of incoming: IncomingCase, recorder: SpanStore) throws -> InvocationTracer {
        let trace = incoming.span?["traceId"]?.text.flatMap { TraceID($0) }
        return InvocationTracer(
            requestID: "replay",
            session: try .recorded(
                IncomingCase.serverSession,
                project: IncomingCase.serverProject,
                source: IncomingCase.serverSource
            ),
            parent: nil,
            recorder: recorder,
            ids: .sequence(trace.map { [$0.high, $0.low] } ?? [])
        )
    }

    /// Returns a span in the form of the recordings.
    private static func document(_ span: SpanRecord) throws -> JSON {
        var attributes: [String: JSON] = [:]
        for entry in span.attributes.entries where !ownAttributes.contains(entry.key) {
            guard case .string(let text) = entry.value else { continue }
            try #require(attributes.updateValue(.string(text), forKey: entry.key) == nil)
        }
        return .object([
            "traceId": .string(span.traceID.description),
            "parentSpanId": span.parentSpanID.map { .string($0.description) } ?? .null,
            "attributes": .object(attributes),
        ])
    }

    private struct Server: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) async -> NoOutput { NoOutput() }
    }

    /// The headers of an event are an object of strings; lists are API Gateway's `multiValueHeaders` and are not read.
    @Test(
        "An event's headers lead to the recorded session, project, source, trace and parent",
        arguments: try IncomingCase.all().filter { $0.exception == nil }
    )
    func event(incoming: IncomingCase) async throws {
        let headers = Dictionary(uniqueKeysWithValues: incoming.headers.map { ($0.name, $0.values[0]) })
        let event = try JSONEncoder().encode(["headers": headers])
        let tester = LambdaTester(
            Server(),
            environment: [
                "HH_SESSION_ID": IncomingCase.serverSession, "HH_PROJECT": IncomingCase.serverProject,
                "HH_SOURCE": IncomingCase.serverSource,
            ]
        )
        let invocation = await tester.invoke(body: Array(event))
        let expected = try incoming.expected()
        #expect(invocation.spans.count == (expected == nil ? 0 : 1))
        guard let expected, let span = invocation.spans.first else { return }

        func text(_ path: String) -> String? { expected.values[path]?.text }
        #expect(invocation.session.id.description == text("attributes.honeyhive.session_id"))
        #expect(invocation.session.project == text("attributes.honeyhive.project"))
        #expect(invocation.session.source == text("attributes.honeyhive.source"))
        #expect(span.parentID?.description == text("parentSpanId"))
        // A new trace has a random id, which differs from the recorded one.
        if span.parentID != nil { #expect(span.traceID.description == text("traceId")) }
        for (path, value) in expected.values where path.hasPrefix("attributes.") && !path.hasSuffix("_event_type") {
            #expect(span.attributes[String(path.dropFirst("attributes.".count))] == value.text.map { .string($0) })
        }
    }

    @Test("What 1.7.0 sends leads to its trace; it sends no session, so the function's own stays")
    func fromCurrentClient() async throws {
        let recording = try Recording("11_end_to_end_v1.7.0")
        let sent = try #require(recording.document["observed"]?["headers_from_A"]).members.compactMapValues(\.text)
        let recorded = try recording.spans()[0]
        let session = try #require(recorded.attribute("honeyhive.session_id"))
        let event = try JSONEncoder().encode(["headers": sent])
        let tester = LambdaTester(Server(), environment: ["HH_SESSION_ID": session, "HH_PROJECT": "proj-b"])
        let span = try #require(await tester.invoke(body: Array(event)).spans.first)
        #expect(span.traceID.description == recorded["traceId"]?.text)
        #expect(span.parentID?.description == recorded["parentSpanId"]?.text)
        #expect(span.sessionID == session)
        #expect(span.attributes.keys.allSatisfy { !$0.contains("tracer_id") })
    }

    @Test(
        "What 0.2.57 sends leads to its session, project, source and span",
        arguments: ["09_v0.2.57_given", "09_v0.2.57_new"]
    )
    func fromFormerClient(name: String) async throws {
        let recording = try Recording(name)
        let sent = try #require(recording.document["observed"]?["injected_headers"]).members.compactMapValues(\.text)
        let recorded = try recording.spans()[0]
        let event = try JSONEncoder().encode(["headers": sent])
        let span = try #require(await LambdaTester(Server()).invoke(body: Array(event)).spans.first)
        #expect(span.traceID.description == recorded["traceId"]?.text)
        #expect(span.parentID?.description == recorded["spanId"]?.text)
        for property in ["session_id", "project", "source"] {
            let key = "traceloop.association.properties.\(property)"
            #expect(span.attributes[key] == recorded.attribute(key).map { .string($0) })
            #expect(span.attributes["honeyhive.\(property)"] == recorded.attribute(key).map { .string($0) })
        }
        #expect(span.attributes["traceloop.association.properties.project"] == "demo project")
    }
}
