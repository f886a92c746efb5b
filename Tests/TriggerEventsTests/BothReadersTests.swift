import Foundation
import SessionTracing
import Testing
import TriggerContext
import TriggerEvents

/// The search for the caller's session and the typed events read the same events: what one finds, the other finds.
@Suite("The session search and the typed events")
struct BothReadersTests {
    /// The recorded events of both modules' tests.
    static let names: [String] = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folders = ["TriggerEventsTests/Fixtures", "TriggerContextTests/Fixtures"]
        return folders.flatMap { folder in
            let files = try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: folder).path)
            return (files ?? []).filter { $0.hasSuffix(".json") }.map { "\(folder)/\($0)" }
        }
    }()

    private static func data(_ name: String) throws -> Data {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appending(path: name))
    }

    private static func decode<Event: Decodable>(_ type: Event.Type = Event.self, _ data: Data) throws -> Event {
        try JSONDecoder.decode(type, fromText: Array(data))
    }

    @Test("agree on the source, the request and the records", arguments: names)
    func events(name: String) throws {
        let data = try Self.data(name)
        let found = TriggerContext.extract(event: Array(data))
        switch found.trigger.source {
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer, .lattice:
            let request = try Self.decode(HTTPRequestEvent.self, data)
            #expect(found.trigger.http?.method == request.method)
            #expect(found.trigger.http?.path == request.path)
        case .webSocket:
            let event = try Self.decode(WebSocketEvent.self, data)
            #expect(found.trigger.http?.route == event.routeKey)
        case .sqs: try expect(Self.decode(QueueBatchEvent.self, data), found)
        case .kinesis, .dynamoDB: try expect(Self.decode(StreamBatchEvent.self, data), found)
        case .kafka: try expect(Self.decode(KafkaBatchEvent.self, data), found)
        case .activeMQ, .rabbitMQ: try expect(Self.decode(BrokerBatchEvent.self, data), found)
        default: break
        }
    }

    private func expect(_ batch: some BatchEvent, _ found: TriggerContext) {
        #expect(found.trigger.isBatch)
        #expect(found.trigger.recordCount == batch.records.count)
        #expect(Set(found.records.map(\.id)) == Set(batch.records.map(\.id)))
    }

    private static let envelopes: [(String, members: String)] = [
        ("REST API", #""httpMethod": "GET", "path": "/", "requestContext": {}"#),
        ("HTTP API", #""version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}"#),
        ("load balancer", #""httpMethod": "GET", "path": "/", "requestContext": {"elb": {}}"#),
    ]

    private static let headers: [(json: String, session: String)] = [
        (#""headers": {"X-Session-Id": "s"}, "multiValueHeaders": {}"#, "s"),
        (#""headers": {"X-Session-Id": "s"}, "multiValueHeaders": null"#, "s"),
        (#""headers": {"X-Session-Id": "s"}, "multiValueHeaders": {"Accept": ["*/*"]}"#, "s"),
        (#""headers": {"X-Session-Id": "s"}, "multiValueHeaders": {"X-Session-Id": []}"#, "s"),
        (#""headers": {}, "multiValueHeaders": {"x-session-id": ["s"]}"#, "s"),
        (#""headers": null, "multiValueHeaders": {"x-session-id": ["s"]}"#, "s"),
        (#""headers": {"x-session-id": "last"}, "multiValueHeaders": {"x-session-id": ["first", "last"]}"#, "first"),
        (#""multiValueHeaders": {"x-session-id": "s"}"#, "s"),
        (#""headers": {"x-session-id": ["s", "t"]}"#, "s"),
        (#""headers": {"x-session-id": 42}"#, "42"),
        (#""headers": {"x-session-id": [42]}"#, "42"), (#""headers": {"x-session-id": 1e3}"#, "1e3"),
        (#""headers": {"x-session-id": [1.50, 2]}"#, "1.50"),
        (#""headers": {"x-session-id": 12345678901234567890123}"#, "12345678901234567890123"),
        (#""headers": {"X-Session-Id": "s,s"}"#, "s"), (#""headers": {"x-session-id": " s , t"}"#, "s"),
        (#""headers": {}, "multiValueHeaders": {"x-session-id": ["s,t", "u"]}"#, "s"),
        (#""headers": {"x-session-id": null}, "multiValueHeaders": {"x-session-id": ["s"]}"#, "s"),
    ]

    @Test("read a header from the form that has it", arguments: envelopes.map(\.members), headers.map(\.json))
    func headerForms(envelope: String, headers: String) throws {
        let text = "{\(envelope), \(headers)}"
        let expected = try #require(Self.headers.first { $0.json == headers }).session
        let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
        #expect(request.headers["x-session-id"] == expected)
        #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == expected)
    }

    @Test(
        "read a query parameter from the form that has it",
        arguments: envelopes.map(\.members),
        [
            #""queryStringParameters": {"session_id": "s"}, "multiValueQueryStringParameters": {}"#,
            #""queryStringParameters": {}, "multiValueQueryStringParameters": {"session_id": ["s"]}"#,
            #""queryStringParameters": null, "multiValueQueryStringParameters": {"session_id": ["s"]}"#,
            #""queryStringParameters": {"session_id": "s"}, "rawQueryString": """#,
            #""queryStringParameters": {"session_id": "s"}"#,
            #""queryStringParameters": {"session_id": ["s"]}"#,
        ]
    )
    func queryForms(envelope: String, query: String) throws {
        let text = "{\(envelope), \(query)}"
        let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
        #expect(request.query["session_id"] == "s")
        #expect(request.rawQuery == "session_id=s")
        #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == "s")
    }

    @Test("read the parameters of a load balancer, which are percent-encoded, and those of a REST API, which are not")
    func encodedQuery() throws {
        for members in [
            #""queryStringParameters": {"session%5Fid": "a%20b%2Bc"}"#,
            #""multiValueQueryStringParameters": {"session%5Fid": ["a%20b%2Bc", "d"]}"#,
        ] {
            let text = "{\(Self.envelopes[2].members), \(members)}"
            let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
            #expect(request.query["session_id"] == "a b+c")
            #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == "a b+c")
        }
        let text = "{\(Self.envelopes[0].members), \"queryStringParameters\": {\"session_id\": \"a%20b\"}}"
        #expect(try Self.decode(HTTPRequestEvent.self, Data(text.utf8)).query["session_id"] == "a%20b")
        #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == "a%20b")
    }

    @Test("read payload format 2.0 by its context, also without a version")
    func withoutVersion() throws {
        let body = #""body": "{\"session_id\": \"s\"}""#
        let text = #"{"rawPath": "/a", "requestContext": {"http": {"method": "GET"}}, \#(body)}"#
        #expect(try Self.decode(HTTPRequestEvent.self, Data(text.utf8)).source == .httpAPI)
        let found = TriggerContext.extract(event: Array(text.utf8))
        #expect(found.trigger.source == .apiGatewayHTTP)
        #expect(found.session?.text == "s")
    }

    @Test("read the mark of base64 as a Boolean value or as its text", arguments: ["true", #""true""#])
    func markOfBase64(mark: String) throws {
        let body = Data(#"{"session_id": "s"}"#.utf8).base64EncodedString()
        for envelope in Self.envelopes.map(\.members) {
            let text = #"{\#(envelope), "isBase64Encoded": \#(mark), "body": "\#(body)"}"#
            let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
            #expect(try request.decode([String: String].self) == ["session_id": "s"])
            #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == "s")
        }
    }

    @Test(
        "read the query before a gateway joins its values",
        arguments: [
            ("session_id=s&session_id=t", "s,t", "s"), ("session_id=a%2Cb", "a,b", "a,b"),
            ("q=why?&session_id=s", "s", "s"), ("next=https://example.com/?a=b&session_id=s", "s", "s"),
        ]
    )
    func joinedQuery(raw: String, joined: String, expected: String) throws {
        let query = #""rawQueryString": "\#(raw)", "queryStringParameters": {"session_id": "\#(joined)"}"#
        let text = "{\(Self.envelopes[1].members), \(query)}"
        let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
        #expect(request.query["session_id"] == expected)
        #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == expected)
    }

    @Test(
        "read a query of VPC Lattice wherever it is",
        arguments: [
            #""path": "/", "queryStringParameters": {"session_id": ["s"]}"#,
            #""path": "/", "query_string_parameters": {"session_id": "s"}"#, #""path": "/?session_id=s""#,
        ]
    )
    func latticeQuery(members: String) throws {
        for arn in ["serviceNetworkArn", "targetGroupArn"] {
            let context = #""requestContext": {"\#(arn)": "arn:aws:vpc-lattice:us-east-1:1:x/y"}"#
            let text = #"{"version": "2.0", "method": "GET", \#(context), \#(members)}"#
            let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
            #expect(request.query["session_id"] == "s")
            #expect(TriggerContext.extract(event: Array(text.utf8)).session?.text == "s")
        }
    }

    @Test("read a header that is a Boolean value or a number as its text", arguments: ["true", "1.5", "-7"])
    func scalars(json: String) throws {
        let text = #"{"httpMethod": "GET", "path": "/", "requestContext": {}, "headers": {"x-flag": \#(json)}}"#
        #expect(try Self.decode(HTTPRequestEvent.self, Data(text.utf8)).headers["x-flag"] == json)
    }

    @Test("read JSON after a byte order mark, in the event and in the body")
    func byteOrderMark() throws {
        let body = #"\uFEFF{\"session_id\": \"s\"}"#
        let text = "\u{FEFF}{\(Self.envelopes[0].members), \"body\": \"\(body)\"}"
        let request = try Self.decode(HTTPRequestEvent.self, Data(text.utf8))
        #expect(try request.decode([String: String].self) == ["session_id": "s"])
        let coded = try Self.data("TriggerEventsTests/Fixtures/bom-http-body-base64.json")
        let codedRequest = try Self.decode(HTTPRequestEvent.self, coded)
        #expect(try codedRequest.decode([String: String].self)["text"] == "x")
    }
}
