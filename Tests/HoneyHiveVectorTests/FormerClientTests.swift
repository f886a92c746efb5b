import SessionTracing
import Testing

@Suite("Spans as HoneyHive's former client, 0.2.57, sends them")
struct FormerClientTests {
    /// The former client writes no `honeyhive.` names for the association, and its OTLP dialect differs from that of
    /// 1.7.0.
    private static let differences: [Difference] = [
        .leftOut(
            "attributes[traceloop.association.properties.disable_http_tracing]",
            "a setting of the former client's own"
        ),
        .leftOut("attributes[honeyhive_feedback.n]", "null is skipped, as in 1.7.0, and not Python's None"),
        .added("attributes[honeyhive.session_id].stringValue", .string(session), "1.7.0's name for the same"),
        .added("attributes[honeyhive.project].stringValue", "demo project", "1.7.0's name for the same"),
        .added("attributes[honeyhive.source].stringValue", "prod", "1.7.0's name for the same"),
        .replaced("flags", with: 257, "the reference leaves W3C's flags out: sampled"),
        .added("parentSpanId", .null, "1.7.0's dialect"),
        .added("status.code", "STATUS_CODE_UNSET", "1.7.0's dialect"),
    ]
    private static let session = "12345678-2222-4333-8444-00000000abcd"

    @Test("The association and the flattened fields are the same")
    func span() async throws {
        let recorded = try Recording("09_v0.2.57_given").spans()[0]
        let replay = try Replay(of: recorded, session: .recorded(Self.session, name: "sess", project: "demo project"))
        try await replay.tracer.enrichSpanContext(
            eventName: "f",
            inputs: ["_params_": ["a": ["k": 1]]],
            outputs: ["o": [1, ["p": 2]], "result": ["r": ["k": 1]]],
            metadata: ["m": 1],
            metrics: ["x": 1.5],
            feedback: ["n": nil]
        ) { _ in
            try replay.clock.move(to: recorded["endTimeUnixNano"])
        }
        let own = [Difference].everySpan(session: Self.session, name: "sess").filter { $0.path != "flags" }
        let expected = try Leaves(recorded).applying(Self.differences + own)
        #expect(try Leaves(replay.span()).mismatches(with: expected).isEmpty)
    }
}
