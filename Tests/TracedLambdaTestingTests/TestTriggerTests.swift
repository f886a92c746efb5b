import Foundation
import SessionTracing
import Testing
import TracedLambda
import TracedLambdaTesting
import TriggerContext

@_spi(Workbench) import TestEvents

@Suite("Events of every trigger")
struct TestTriggerTests {
    private static let session = "11111111-2222-4333-8444-000000000001"
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "00-\(traceID)-b7ad6b7169203331-01"
    /// The triggers whose events have no place for a caller's context.
    private static let withoutContext: Set<TestTrigger> = [.tokenAuthorizer, .s3, .ses, .cloudWatchLogs]

    private static let sources: [TestTrigger: Trigger.Source] = [
        .direct: .direct, .url: .apiGatewayHTTP, .httpAPI: .apiGatewayHTTP, .api: .apiGatewayREST, .alb: .loadBalancer,
        .albMultiValue: .loadBalancer, .lattice: .lattice, .latticeV1: .lattice, .webSocketConnect: .webSocket,
        .webSocket: .webSocket, .webSocketDisconnect: .webSocket, .authorizer: .authorizer,
        .tokenAuthorizer: .authorizer, .httpAuthorizer: .authorizer, .appSyncAuthorizer: .authorizer,
        .iotAuthorizer: .authorizer, .sqs: .sqs, .sns: .sns, .snsThroughSQS: .sqs, .eventBridge: .eventBridge,
        .schedule: .schedule, .scheduler: .schedule, .kinesis: .kinesis, .dynamoDB: .dynamoDB,
        .documentDB: .documentDB, .kafka: .kafka, .selfManagedKafka: .kafka, .activeMQ: .activeMQ,
        .rabbitMQ: .rabbitMQ, .firehose: .firehose, .pipesSQS: .sqs, .pipesKinesis: .kinesis,
        .pipesDynamoDB: .dynamoDB, .pipesKafka: .kafka, .pipesActiveMQ: .activeMQ, .pipesRabbitMQ: .rabbitMQ,
        .destination: .lambdaDestination, .stepFunctions: .stepFunctions, .stepFunctionsResult: .stepFunctions,
        .durable: .durableExecution, .s3: .s3, .s3Batch: .s3Batch, .objectLambda: .objectLambda, .ses: .ses,
        .cloudFront: .cloudFront, .appSync: .appSync, .appSyncBatch: .appSync, .appSyncTemplate: .appSync,
        .appSyncEvents: .appSync, .bedrockAgent: .bedrockAgent, .bedrockAgentFunction: .bedrockAgent, .lex: .lex,
        .lexV1: .lex, .connect: .connect, .cognito: .cognito, .alexa: .alexa, .codePipeline: .codePipeline,
        .config: .config, .cloudWatchLogs: .cloudWatchLogs,
    ]

    @Test("They are recognised, and carry the caller's session and span", arguments: TestTrigger.allCases)
    func context(_ trigger: TestTrigger) throws {
        let carries = !Self.withoutContext.contains(trigger)
        let event = try TestEvent(
            trigger,
            json: #"{"input": "why?"}"#,
            sessionID: carries ? Self.session : nil,
            traceparent: carries ? Self.parent : nil
        )
        let found = TriggerContext.extract(event: Array(event.json.utf8))
        #expect(found.trigger.source == Self.sources[trigger])
        #expect(found.session?.text == (carries ? Self.session : nil), "\(event.json)")
        #expect(found.parent?.traceID.description == (carries ? Self.traceID : nil), "\(event.json)")
    }

    @Test("They cover the sources of all triggers")
    func coverage() {
        #expect(Set(Self.sources.keys) == Set(TestTrigger.allCases))
    }

    @Test("Without a caller's context they have none", arguments: TestTrigger.allCases)
    func noContext(_ trigger: TestTrigger) throws {
        let found = TriggerContext.extract(event: Array(try TestEvent(trigger).json.utf8))
        #expect(found.trigger.source == Self.sources[trigger])
        #expect(found.session == nil && found.parent == nil)
    }

    @Test("A trigger without a place for a context refuses it", arguments: withoutContext)
    func refusal(_ trigger: TestTrigger) {
        #expect(throws: TestEventError.self) { try TestEvent(trigger, sessionID: Self.session) }
        #expect(throws: TestEventError.self) { try TestEvent(trigger, traceparent: Self.parent) }
    }

    @Test("Data that cannot be put into the event is refused", arguments: ["", "{", "[1", "nonsense"])
    func malformed(_ json: String) {
        #expect(throws: TestEventError.self) { try TestEvent(.direct, json: json) }
    }

    @Test(
        "A context needs an object where it is a part of the data",
        arguments: [TestTrigger.direct, .kinesis, .durable]
    )
    func noPlace(_ trigger: TestTrigger) throws {
        #expect(throws: TestEventError.self) { try TestEvent(trigger, json: "[1]", sessionID: Self.session) }
        _ = try TestEvent(trigger, json: "[1]")
    }

    @Test("A message is its text")
    func messages() throws {
        let text = try TestEvent(.sqs, json: #""hello""#)
        let batch = try JSONDecoder().decode(QueueBatchEvent.self, from: Data(text.json.utf8))
        #expect(batch.records.map(\.body) == ["hello"])
        let number = try TestEvent(.sqs, json: "1e3")
        let exact = try JSONDecoder().decode(QueueBatchEvent.self, from: Data(number.json.utf8))
        #expect(exact.records.map(\.body) == ["1e3"])
    }

    @Test("They have the members of AWS's events with the same JSON types, at every level")
    func forms() throws {
        for row in try RecordedEvent.all {
            let differences = EventForm(row.made.value).differences(from: EventForm(try row.recorded))
            let unexpected = differences.filter { line in !row.differences.keys.contains { line.hasPrefix($0) } }
            #expect(unexpected == [], "\(row.file)")
            let stale = row.differences.keys.filter { key in !differences.contains { $0.hasPrefix(key) } }
            #expect(stale == [], "\(row.file)")
        }
    }

    @Test("A function URL's event has all values of AWS's")
    func functionURL() throws {
        var values = TestValues()
        values.apiID = "a1b2c3d4e5"
        values.sourceIP = "198.51.100.7"
        values.milliseconds = 1_716_560_402_000
        values.requestID = "8ea123e4-1db7-4aca-ad10-d9ca1234c1fd"
        let made = TestValues.$current.withValue(values) {
            TestEvent.functionURL(
                .post(
                    #"{"item": "tea"}"#,
                    to: "/orders/a%2Fb?limit=1&limit=2&q=%C3%A4",
                    headers: ["Accept": "*/*", "Cookie": "theme=dark; lang=en", "User-Agent": "curl/8.5.0"]
                )
            )
        }
        let recorded = try RecordedEvent(made, "function-url-event").recorded
        guard case .dictionary(var expected) = recorded, case .dictionary(var members) = made.value,
            case .dictionary(var headers)? = members.removeValue(forKey: "headers"),
            case .dictionary(var expectedHeaders)? = expected.removeValue(forKey: "headers")
        else {
            Issue.record("no object")
            return
        }
        #expect(members == expected)
        // The trace has an id of its own; TLS ends before the emulator.
        headers["x-amzn-trace-id"] = nil
        for name in ["x-amzn-trace-id", "x-amzn-tls-version", "x-amzn-tls-cipher-suite"] { expectedHeaders[name] = nil }
        #expect(headers == expectedHeaders)
    }

    @Test(
        "A body is text only in a content type of text",
        arguments: [
            ("application/json; charset=utf-8", "{}", false), ("application/problem+json", "{}", false),
            ("TEXT/html", "ä", false), ("application/x-www-form-urlencoded", "a=1", true), ("image/png", "x", true),
            ("", "x", true),
        ]
    )
    func bodies(_ type: String, _ body: String, _ isBase64: Bool) throws {
        let headers: NamedValues = type.isEmpty ? [:] : ["Content-Type": type]
        let event = TestEvent.functionURL(TestRequest("POST", headers: headers, body: Array(body.utf8)))
        guard case .dictionary(let members) = event.value else { return }
        #expect(members["isBase64Encoded"] == .bool(isBase64))
        let request = try JSONDecoder().decode(HTTPRequestEvent.self, from: Data(event.json.utf8))
        #expect(request.body == Array(body.utf8))
    }

    @Test(
        "An SQS message has the digests of its text and its attributes",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
        ]
    )
    func digests(_ text: String, _ digest: String) throws {
        let event = TestEvent.sqs(TestMessage(text))
        #expect(event.json.contains(#""md5OfBody":"\#(digest)""#))
    }
}
