import SessionTracing
import Testing

@Suite("Requests as HoneyHive's own client makes them")
struct RequestTests {
    private static let session = "11111111-2222-4333-8444-000000000001"

    /// Compares the headers and the request line with the recorded ones.
    private func mismatches(
        _ found: SentRequest,
        _ recorded: SentRequest,
        _ differences: [Difference]
    ) throws -> [String] {
        func head(_ request: SentRequest) throws -> Leaves {
            try Leaves(.object(request.headers.mapValues { .string($0) }))
        }
        #expect(found.method == recorded.method)
        #expect(found.url == recorded.url)
        return try head(found).mismatches(with: head(recorded).applying(differences))
    }

    /// Makes a span with the settings of the recording; the suffix is appended to the server's URL.
    private func replay(
        _ recording: Recording,
        key: EnvironmentVariable = .apiKey,
        suffix: String = "",
        project: String? = "demo-project"
    ) async throws -> Replay {
        let recorded = try recording.export()
        let token = try #require(recorded.headers["authorization"]).dropFirst("Bearer ".count)
        let span = recorded.spans[0]
        let replay = try Replay(
            of: span,
            session: .recorded(span.attribute("honeyhive.session_id"), project: project),
            environment: Environment([
                key.rawValue: String(token),
                EnvironmentVariable.apiURL.rawValue: "http://\(recorded.headers["host"] ?? "")\(suffix)",
            ])
        )
        await replay.tracer.enrichSpanContext(eventName: "process_event") { _ in }
        return replay
    }

    @Test("Spans go to the same address with the same headers")
    func spans() async throws {
        let recording = try Recording("01_session_id_B")
        let requests = try await replay(recording).requests()
        #expect(requests.count == 1)
        #expect(try mismatches(requests[0], recording.export(), .everyHeader).isEmpty)
    }

    @Test("A slash at the end of the server's address is left out")
    func trailingSlash() async throws {
        let recording = try Recording("07_url_trailing_slash")
        let request = try await replay(recording, suffix: "/").requests()[0]
        #expect(try mismatches(request, recording.export(), .everyHeader).isEmpty)
    }

    @Test("An ingestion key takes the API key's place")
    func ingestionKey() async throws {
        let recording = try Recording("07_ingestion_key")
        let request = try await replay(recording, key: .ingestionKey).requests()[0]
        #expect(try mismatches(request, recording.export(), .everyHeader).isEmpty)
    }

    @Test(
        "A session that is created by a request is created by the same one, before its spans",
        arguments: [("01_session_id_B", "s01_session_id", "demo-project"), ("07_ingestion_key", "s07_misc", nil)]
    )
    func sessionStart(name: String, sessionName: String, project: String?) async throws {
        let recording = try Recording(name)
        let recorded = try recording.request(to: "/session/start")
        let span = try recording.spans()[0]
        let token = try #require(recorded.headers["authorization"]).dropFirst("Bearer ".count)
        let replay = try Replay(
            of: span,
            session: .recorded(span.attribute("honeyhive.session_id"), name: sessionName, project: project),
            environment: Environment([
                EnvironmentVariable.apiKey.rawValue: String(token),
                EnvironmentVariable.apiURL.rawValue: "http://\(recorded.headers["host"] ?? "")",
            ])
        )
        await replay.tracer.enrichSpanContext(eventName: "process_event") { _ in }
        let requests = try replay.requests(startsSession: true)
        #expect(requests.count == 2)
        #expect(try mismatches(requests[0], recorded, .everyHeader + .sessionHeader).isEmpty)
        #expect(requests[0].body == recorded.body)
        #expect(requests[1].spans.count == 1)
    }

    @Test("What is added to the session goes out as the same request, after the spans")
    func enrichSession() async throws {
        let recorded = try Recording("08_enrich_session").request(to: "/events")
        let replay = try Replay(
            of: try Recording("08_enrich_span").spans()[0],
            session: .recorded(recorded.body["event_id"]?.text),
            environment: Environment([
                EnvironmentVariable.apiKey.rawValue: "hh_test_key_0001",
                EnvironmentVariable.apiURL.rawValue: "http://\(recorded.headers["host"] ?? "")",
            ])
        )
        // The reference also accepts any other name, and stores it, like the inputs, as metadata.
        replay.tracer.enrichSession(
            inputs: ["q": 1],
            metadata: ["m": 1, "extra_kw": "z"],
            feedback: ["f": 1],
            metrics: ["x": 1.5],
            outputs: ["a": 2]
        )
        replay.tracer.enrichSession(config: ["c": 1], userProperties: ["user_id": "u"])
        await replay.tracer.enrichSpanContext(eventName: "s") { _ in }
        let requests = try replay.requests()
        #expect(requests.map(\.method) == ["POST", "PUT"])
        #expect(try mismatches(requests[1], recorded, .everyHeader + .sessionHeader).isEmpty)
        #expect(requests[1].body == recorded.body)
    }
}
