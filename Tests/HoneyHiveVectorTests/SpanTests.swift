import SessionTracing
import Testing

@Suite("Spans as HoneyHive's own client sends them")
struct SpanTests {
    private static let session = "11111111-2222-4333-8444-000000000001"

    private struct ValueError: Error, CustomStringConvertible {
        let description: String
    }

    private func mismatches(_ found: JSON, _ recorded: JSON, _ differences: [Difference]) throws -> [String] {
        try Leaves(found).mismatches(with: Leaves(recorded).applying(differences))
    }

    @Test("A request is the same to the last leaf: envelope, ids, times, names of enums")
    func request() async throws {
        let recorded = try Recording("01_session_id_A").export()
        let span = recorded.spans[0]
        let replay = try Replay(of: span, session: .recorded(Self.session))
        try await replay.tracer.enrichSpanContext(eventName: "process_event") { current in
            current.setAttribute("k", to: "v")
            try replay.clock.move(to: span["endTimeUnixNano"])
        }
        let path = "resourceSpans[0].scopeSpans[0].spans[0]"
        let differences = [Difference].everySpan(session: Self.session).map { $0.below(path) } + .envelope
        let requests = try replay.requests()
        #expect(requests.count == 1)
        #expect(try mismatches(requests[0].body, recorded.body, differences).isEmpty)
    }

    @Test("Inputs, outputs and the other fields are flattened alike, whatever is in them")
    func everyField() async throws {
        let recorded = try Recording("02_enrich_span_context_full").spans()[0]
        let replay = try Replay(of: recorded, session: .recorded(Self.session))
        try await replay.tracer.enrichSpanContext(
            eventName: "call_agent",
            inputs: [
                "query": "hello",
                "nested": ["a": 1, "b": [1, 2.5, true, nil, "x", ["deep": "y"]]],
                "dots.in.key": 1, "uni": "żółć 🐝", "bool": false,
                "none": nil, "no_items": [], "no_members": [:], "only_none": [nil],
            ],
            outputs: ["answer": "hi", "choices": [["message": ["role": "assistant", "content": "Hi"]]]],
            metadata: ["request_id": "r-1", "n": 3, "f": 0.25, "big": 1_152_921_504_606_846_976, "neg": -5],
            metrics: [
                "latency_ms": 12.5, "tokens": 42, "nan": .double(.nan), "inf": .double(.infinity),
                "ninf": .double(-.infinity), "ok": true,
            ],
            config: ["model": "gpt-4", "temperature": 0.7],
            userProperties: ["user_id": "u1", "plan": "pro"],
            error: "boom",
            feedback: ["rating": 5, "comment": "great"]
        ) { _ in
            try replay.clock.move(to: recorded["endTimeUnixNano"])
        }
        let differences = .everySpan(session: Self.session) + .enrichedSpan + .givenError("boom")
        #expect(try mismatches(replay.span(), recorded, differences).isEmpty)
    }

    @Test("A thrown error is told in the same words, and once")
    func thrownError() async throws {
        let recorded = try Recording("02_enrich_span_context_exception").spans()[0]
        let replay = try Replay(of: recorded, session: .recorded(Self.session))
        await #expect(throws: ValueError.self) {
            try await replay.tracer.enrichSpanContext(eventName: "raises", inputs: ["q": 1]) { _ in
                try replay.clock.move(to: recorded["endTimeUnixNano"])
                throw ValueError(description: "kaboom")
            }
        }
        let differences =
            .everySpan(session: Self.session) + .enrichedSpan
            + .thrownError("kaboom", time: recorded["endTimeUnixNano"])
        #expect(try mismatches(replay.span(), recorded, differences).isEmpty)
    }

    @Test("What enriches a span afterwards lands in the same attributes")
    func enrichSpan() async throws {
        let session = "12345678-2222-4333-8444-00000000abcd"
        let recorded = try Recording("08_enrich_span").spans()[0]
        let replay = try Replay(of: recorded, session: .recorded(session, project: nil))
        try await replay.tracer.enrichSpanContext(eventName: "s") { span in
            replay.tracer.enrichSpan(metadata: ["m": ["n": 1]], metrics: ["x": 1])
            replay.tracer.enrichSpan(metadata: ["simple": "dict", "kw": 1])
            span.setAttribute("honeyhive_event_id", to: "77777777-2222-4333-8444-000000000007")
            span.enrich(metadata: ["free": "fn"])
            try replay.clock.move(to: recorded["endTimeUnixNano"])
        }
        #expect(try mismatches(replay.span(), recorded, .everySpan(session: session)).isEmpty)
    }

    /// The reference has a setting that skips `/session/start`; its spans then have the form of all spans of this
    /// project.
    @Test("Spans that create their session say so in the same attributes")
    func sessionAutoCreate() async throws {
        let session = "12345678-2222-4333-8444-00000000abcd"
        let recorded = try Recording("07_skip_no_session").spans()[0]
        let replay = try Replay(of: recorded, session: .recorded(session, name: "bring-own", project: nil))
        try await replay.tracer.enrichSpanContext(eventName: "process_event") { _ in
            try replay.clock.move(to: recorded["endTimeUnixNano"])
        }
        var differences = [Difference].everySpan(session: session).filter { !$0.path.contains("honeyhive.session_") }
        differences.append(
            .leftOut("attributes[baggage.session_name]", "a doubled attribute: honeyhive.session_name says the same")
        )
        #expect(try mismatches(replay.span(), recorded, differences).isEmpty)
    }
}
