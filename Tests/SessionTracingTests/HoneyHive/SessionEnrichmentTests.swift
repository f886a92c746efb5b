import SessionTracing
import Testing

/// `PUT /events` and `POST /session/start`, once per session of an invocation.
@Suite("What an invocation adds to its session")
struct SessionEnrichmentTests {
    private func requests(_ fixture: TracerFixture) throws -> [JSONNode] {
        let requests = fixture.tracer.takeSessionRequests()
        #expect(requests.allSatisfy { $0.kind == .enrich })
        return try requests.map { try JSONNode(parsing: $0.body) }
    }

    @Test("All calls are one request with the session's id and the fields that were given")
    func merges() throws {
        let fixture = try TracerFixture()
        fixture.tracer.enrichSession(metadata: ["a": 1, "b": 1], outputs: ["old": true], userProperties: ["id": "u"])
        fixture.tracer.enrichSession(metadata: ["b": 2], metrics: ["m": 0.5], outputs: ["new": ["x": [nil, "y"]]])
        fixture.tracer.enrichSession()
        fixture.tracer.enrichSession(feedback: ["rating": 5], config: ["t": .double(.nan)])
        #expect(
            try requests(fixture) == [
                [
                    "event_id": "12345678-1234-1234-1234-123456789abc",
                    "metadata": ["a": 1, "b": 2],
                    "metrics": ["m": 0.5],
                    // The server replaces outputs, so the last ones are sent.
                    "outputs": ["new": ["x": [nil, "y"]]],
                    "user_properties": ["id": "u"],
                    "feedback": ["rating": 5],
                    "config": ["t": "nan"],
                ]
            ]
        )
    }

    @Test("What was taken is not sent again, and nothing is no request")
    func taken() throws {
        let fixture = try TracerFixture()
        #expect(try requests(fixture) == [])
        fixture.tracer.enrichSession(metadata: ["a": 1])
        #expect(try requests(fixture).count == 1)
        #expect(try requests(fixture) == [])
    }

    @Test("Inputs are merged, and sent as a member of the metadata, like those of HoneyHive's clients")
    func inputs() throws {
        let fixture = try TracerFixture()
        fixture.tracer.enrichSession(inputs: ["a": 1, "b": 1], metadata: ["m": 1, "inputs": "replaced"])
        fixture.tracer.enrichSession(inputs: ["b": 2])
        #expect(
            try requests(fixture) == [
                [
                    "event_id": "12345678-1234-1234-1234-123456789abc",
                    "metadata": ["m": 1, "inputs": ["a": 1, "b": 2]],
                ]
            ]
        )
    }

    @Test("An explicit session takes precedence over the current one; a blank one does not")
    func explicitSession() async throws {
        let fixture = try TracerFixture()
        let other = "aaaaaaaa-1234-1234-1234-123456789abc"
        let carrier = ["baggage": "session_id=bbbbbbbb-1234-1234-1234-123456789abc"]
        await fixture.tracer.withDistributedTraceContext(carrier) { tracer in
            tracer.enrichSession(metadata: ["a": 1], sessionID: other.uppercased())
            tracer.enrichSession(metadata: ["b": 1], sessionID: " ")
        }
        #expect(
            try requests(fixture) == [
                ["event_id": .string(other), "metadata": ["a": 1]],
                ["event_id": "bbbbbbbb-1234-1234-1234-123456789abc", "metadata": ["b": 1]],
            ]
        )
    }

    @Test("The request that starts a session has the ids of the evaluation run in the baggage, and no others")
    func startOfEvaluation() throws {
        let session = try TracerFixture().tracer.session
        func metadata(_ header: String) throws -> JSONNode? {
            let body = SessionRequest.start(session, baggage: Baggage(header: header)).body
            return try JSONNode(parsing: body)["session"]?["metadata"]
        }
        #expect(try metadata("team=blue,run_id=r-1") == ["run_id": "r-1"])
        #expect(
            try metadata("datapoint_id=p,run_id=r-1,dataset_id=d")
                == ["run_id": "r-1", "dataset_id": "d", "datapoint_id": "p"]
        )
        #expect(try metadata("run_id=,team=blue") == nil)
        #expect(try metadata("") == nil)
    }

    @Test("The ids of the evaluation run in that request are redacted as on the spans, also by a custom rule")
    func redactedStart() throws {
        let redaction = Redaction { path, value in
            path == ["honeyhive_metadata.dataset_id"] ? "a mail address" : value
        }
        let baggage = Baggage(header: "run_id=sk-live1234567890abcdef,dataset_id=a@b.c,datapoint_id=p")
        let fixture = try TracerFixture(baggage: baggage, policy: TracingPolicy(redaction: redaction))
        fixture.tracer.endRootSpan()
        let attributes = try fixture.spans.only("root").attributes
        let body = SessionRequest.start(fixture.tracer.session, baggage: baggage, redaction: redaction).body
        let metadata = try #require(try JSONNode(parsing: body)["session"]?["metadata"])
        #expect(metadata["run_id"] == "[redacted]")
        #expect(metadata["dataset_id"] == "a mail address")
        for name in ["run_id", "dataset_id", "datapoint_id"] {
            let text = try #require(metadata[name]?.text)
            #expect(attributes["honeyhive_metadata.\(name)"] == .string(text))
        }
    }

    @Test("Calls without content are no request")
    func empty() throws {
        let fixture = try TracerFixture()
        fixture.tracer.enrichSession()
        fixture.tracer.enrichSession(metadata: [:], outputs: [:])
        #expect(try requests(fixture) == [])
    }

    @Test("Within another caller's scope it is that caller's session that is added to")
    func scope() async throws {
        let fixture = try TracerFixture()
        await fixture.tracer.withDistributedTraceContext(["baggage": "session_id=aaaaaaaa-1234-1234-1234-123456789abc"])
        {
            scoped in
            scoped.enrichSession(metadata: ["by": "scope"])
            fixture.tracer.enrichSession(metadata: ["also": 1])
        }
        fixture.tracer.enrichSession(metadata: ["by": "invocation"])
        #expect(
            try requests(fixture) == [
                ["event_id": "12345678-1234-1234-1234-123456789abc", "metadata": ["by": "invocation"]],
                ["event_id": "aaaaaaaa-1234-1234-1234-123456789abc", "metadata": ["by": "scope", "also": 1]],
            ]
        )
    }

    @Test("What is not recorded adds nothing to a session", arguments: [true, false])
    func unsampled(isTracingOff: Bool) throws {
        let parent = TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
        let fixture = try TracerFixture(parent: parent, isTracingOff: isTracingOff)
        fixture.tracer.enrichSession(metadata: ["a": 1])
        #expect(try requests(fixture) == [])
    }

    @Test("Nothing is lost when many tasks add at once")
    func concurrent() async throws {
        let fixture = try TracerFixture()
        let tracer = fixture.tracer
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for step in 0..<100 { tracer.enrichSession(metadata: ["t\(task).s\(step)": .int(step)]) }
                }
            }
        }
        #expect(try requests(fixture).first?["metadata"]?.names?.count == 800)
    }

    @Test("A session that is started by a request of its own has what HoneyHive wants", arguments: ["demo", nil])
    func start(project: String?) throws {
        let request = SessionRequest.start(try TracerFixture(project: project).tracer.session)
        #expect(request.kind == .start)
        var fields: [String: JSONNode] = [
            "session_id": "12345678-1234-1234-1234-123456789abc", "session_name": "a session", "source": "test",
        ]
        if let project { fields["project"] = .string(project) }
        #expect(try JSONNode(parsing: request.body) == ["session": .object(fields)])
    }

    // MARK: Limits

    @Test("A long text is truncated as in a span")
    func longText() throws {
        let fixture = try TracerFixture(policy: TracingPolicy(limits: TracingLimits(valueBytes: 10)))
        let text = AttributeValue.string(String(repeating: "a", count: 100))
        fixture.tracer.enrichSession(metadata: ["in": ["list": [text]]], outputs: ["text": text])
        let cut: JSONNode = "aaaaaaa…"
        #expect(
            try requests(fixture) == [
                [
                    "event_id": "12345678-1234-1234-1234-123456789abc",
                    "metadata": ["in": ["list": [cut]]],
                    "outputs": ["text": cut],
                ]
            ]
        )
    }

    @Test("An update over the size of a request is cut from its largest values, and marked")
    func largeUpdate() throws {
        let fixture = try TracerFixture()
        let text = AttributeValue.string(String(repeating: "a", count: 250_000))
        var outputs: [String: AttributeValue] = ["small": "whole"]
        for index in 0..<80 { outputs["large \(index)"] = text }
        fixture.tracer.enrichSession(metadata: ["a": 1], outputs: outputs)
        let body = try #require(fixture.tracer.takeSessionRequests().first).body
        #expect(body.count <= SpanBuffer.maximumBatchBytes)
        #expect(body.count > SpanBuffer.maximumBatchBytes / 8)
        let node = try JSONNode(parsing: body)
        #expect(node["metadata"] == ["a": 1, "truncated": true])
        #expect(node["outputs"]?["small"] == "whole")
        #expect(node["outputs"]?["large 7"] != nil)
    }

    @Test("An update of numerous small values is cut as well")
    func numerousValues() throws {
        let fixture = try TracerFixture()
        var outputs: [String: AttributeValue] = [:]
        for index in 0..<60_000 { outputs["\(index)"] = .string(String(repeating: "a", count: 100)) }
        fixture.tracer.enrichSession(outputs: outputs)
        let body = try #require(fixture.tracer.takeSessionRequests().first).body
        #expect(body.count <= SpanBuffer.maximumBatchBytes)
        #expect(body.count > SpanBuffer.maximumBatchBytes / 8)
        #expect(try JSONNode(parsing: body)["metadata"] == ["truncated": true])
    }
}
