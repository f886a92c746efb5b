import SessionTracing
import Testing

@Suite("The fields that carry a span's context on")
struct PropagationFieldsTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"

    private func fields(of fixture: TracerFixture) -> [String: String] {
        Dictionary(uniqueKeysWithValues: PropagationFields(fixture.root).fields.map { ($0.name, $0.value) })
    }

    @Test("A new trace goes on as traceparent and baggage, in lower case, and nothing else")
    func newTrace() throws {
        let fixture = try TracerFixture()
        #expect(
            fields(of: fixture) == [
                "traceparent": "00-\(fixture.tracer.traceID)-\(fixture.root.id)-01",
                "baggage": "session_id=12345678-1234-1234-1234-123456789abc,project=demo,source=test",
            ]
        )
    }

    @Test("The flags of the caller's trace are those of the spans", arguments: [("01", 1), ("03", 3)])
    func recordedFlags(flags: String, expected: UInt32) throws {
        let fixture = try TracerFixture(parent: TraceContext(traceparent: Self.parent + flags))
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("root").flags == 0x300 | expected)
    }

    @Test(
        "The caller's trace, flags and state go on with this span as the parent",
        arguments: ["00", "01", "02", "03", "fe", "ff"]
    )
    func callersTrace(flags: String) throws {
        let parent = TraceContext(traceparent: Self.parent + flags, tracestate: "congo=t61rcWkgMzE,rojo=1")
        let fixture = try TracerFixture(parent: parent)
        let fields = fields(of: fixture)
        #expect(fields["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(fixture.root.id)-\(flags)")
        #expect(fields["tracestate"] == "congo=t61rcWkgMzE,rojo=1")
        #expect(fixture.root.id.description != "b7ad6b7169203331")
    }

    @Test("A session without a project sends none")
    func noProject() throws {
        let fixture = try TracerFixture(project: nil)
        #expect(fields(of: fixture)["baggage"] == "session_id=12345678-1234-1234-1234-123456789abc,source=test")
    }

    @Test("Values are percent-encoded, a space as %20")
    func encoding() throws {
        let fixture = try TracerFixture(project: "demo project, x=1;y", source: "ü+")
        let baggage = try #require(fields(of: fixture)["baggage"])
        #expect(baggage.hasSuffix(",project=demo%20project%2C%20x=1%3By,source=%C3%BC%2B"))
    }

    @Test("The caller's other items go on; the session's own values replace what it said of them")
    func callersBaggage() throws {
        let fixture = try TracerFixture(
            baggage: Baggage(header: "run_id=r%201,session_id=other,project=theirs,source=theirs,tenant=t")
        )
        #expect(
            fields(of: fixture)["baggage"]
                == "session_id=12345678-1234-1234-1234-123456789abc,project=demo,source=test,run_id=r%201,tenant=t"
        )
    }

    /// Readers prefer `honeyhive.session_id` to `honeyhive_session_id` to `session_id`: a caller's item under one of
    /// the longer names would move the next service to another session than this function's.
    @Test(
        "Under every name that a reader knows, the session's own values go on",
        arguments: ["honeyhive.", "honeyhive_", ""]
    )
    func callersAliases(prefix: String) throws {
        let fixture = try TracerFixture(
            baggage: Baggage(header: "\(prefix)session_id=other,\(prefix)project=theirs,\(prefix)source=theirs")
        )
        let read = Baggage(header: try #require(fields(of: fixture)["baggage"]))
        for (name, expected) in [
            ("session_id", "12345678-1234-1234-1234-123456789abc"), ("project", "demo"), ("source", "test"),
        ] {
            let first = ["honeyhive.\(name)", "honeyhive_\(name)", name].compactMap { read[$0] }.first
            #expect(first == expected)
        }
    }

    @Test("However much the caller sends, the session is among what goes on")
    func fullBaggage() throws {
        let header = (0..<64).map { "k\($0)=" + String(repeating: "x", count: 100) }.joined(separator: ",")
        let fixture = try TracerFixture(baggage: Baggage(header: header))
        let sent = try #require(fields(of: fixture)["baggage"])
        let read = Baggage(header: sent)
        #expect(sent.utf8.count <= 8_192)
        #expect(read["session_id"] == "12345678-1234-1234-1234-123456789abc")
        #expect(read.items.count == 64)
    }

    @Test("A session id that is no UUID goes on as the UUID that stands for it")
    func derivedSession() throws {
        let fixture = try TracerFixture(sessionText: "conversation-42")
        let read = Baggage(header: try #require(fields(of: fixture)["baggage"]))
        #expect(read["session_id"] == "eb3f44a6-73c4-50bb-9173-d34d7c5dc9b2")
    }
}
