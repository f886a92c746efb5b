import Foundation
import Testing
import TracedLambda
import TracedLambdaTesting
import TriggerContext

@Suite("Events made from a few values")
struct TestEventTests {
    private static let session = "11111111-2222-4333-8444-000000000001"
    private static let body = #"{"session_id": "\#(session)", "q": 1}"#
    private static let fields = ["session_id": session]
    private static let item: [String: AttributeValue] = ["session_id": .string(session), "count": 2, "tags": ["a"]]

    private static let withSession: [(TestEvent, Trigger.Source)] = [
        (.functionURL(.post(body)), .apiGatewayHTTP), (.httpAPI(.post(body)), .apiGatewayHTTP),
        (.restAPI(.post(body)), .apiGatewayREST), (.loadBalancer(.post(body)), .loadBalancer),
        (.loadBalancer(.post(body), multiValueHeaders: true), .loadBalancer),
        (.functionURL(.get(headers: ["X-Session-Id": session])), .apiGatewayHTTP),
        (.restAPI(.get("/?session_id=\(session)")), .apiGatewayREST),
        (.webSocketConnect(headers: ["X-Session-Id": session]), .webSocket), (.webSocketMessage(body), .webSocket),
        (.sqs(TestMessage(body), TestMessage(body)), .sqs), (.sqs(TestMessage("a", attributes: fields)), .sqs),
        (.sns(TestMessage("a", attributes: fields)), .sns), (.eventBridge(detail: .dictionary(item)), .eventBridge),
        (.kinesis(body, body), .kinesis), (.dynamoDB(newImage: item), .dynamoDB),
        (.kafka(TestMessage("a", attributes: fields)), .kafka), (.kafka(TestMessage(body)), .kafka),
        (.activeMQ(TestMessage("a", attributes: fields)), .activeMQ),
        (.rabbitMQ(TestMessage("a", attributes: fields)), .rabbitMQ),
    ]

    @Test("are recognised, and their session is found", arguments: withSession.indices)
    func sessions(index: Int) {
        let (event, source) = Self.withSession[index]
        let found = TriggerContext.extract(event: Array(event.json.utf8))
        #expect(found.trigger.source == source)
        #expect(found.session?.text == Self.session, "\(event.json)")
    }

    @Test("are recognised without a session")
    func others() {
        func source(_ event: TestEvent) -> Trigger.Source {
            TriggerContext.extract(event: Array(event.json.utf8)).trigger.source
        }
        #expect(source(.schedule()) == .schedule)
        #expect(source(.s3(key: "photo.jpg")) == .s3)
        #expect(source(.webSocketDisconnect()) == .webSocket)
        #expect(source(TestEvent(["q": 1])) == .direct)
    }

    private func decode<Value: Decodable>(_ event: TestEvent, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(event.json.utf8))
    }

    @Test("An HTTP request comes from each source as it was made")
    func requests() throws {
        let request = TestRequest.post(
            Self.body,
            to: "/a%20b?x=1&x=%26",
            headers: ["Accept": "text/plain", "accept": "text/html", "Cookie": "a=1; b=2"]
        )
        let sources: [(TestEvent, HTTPRequestEvent.Source, path: String)] = [
            (.functionURL(request), .functionURL, "/a%20b"), (.httpAPI(request), .httpAPI, "/a b"),
            (.restAPI(request), .restAPI, "/a%20b"),
            (.loadBalancer(request, multiValueHeaders: true), .loadBalancer(multiValueHeaders: true), "/a%20b"),
            (.lattice(request), .lattice, "/a%20b"),
        ]
        for (event, source, path) in sources {
            let decoded: HTTPRequestEvent = try decode(event)
            #expect(decoded.source == source)
            #expect(decoded.method == "POST" && decoded.path == path)
            #expect(decoded.query.values(of: "x") == ["1", "&"])
            #expect(decoded.headers.values(of: "accept").joined(separator: ",") == "text/plain,text/html")
            #expect(decoded.headers["content-type"] == "application/json")
            #expect(decoded.cookies["a"] == "1" && decoded.cookies["b"] == "2")
            #expect(decoded.text == Self.body)
            #expect(decoded.sourceIP == "203.0.113.1")
        }
        let single: HTTPRequestEvent = try decode(.loadBalancer(.get("/?a=%26")))
        #expect(single.source == .loadBalancer(multiValueHeaders: false))
        #expect(single.query["a"] == "&" && single.body.isEmpty)
    }

    @Test("A body that is not text is base64")
    func bytes() throws {
        let request: HTTPRequestEvent = try decode(.functionURL(TestRequest("PUT", "/f", body: [0xFF, 0])))
        #expect(request.body == [0xFF, 0] && request.method == "PUT")
    }

    @Test("The events of a connection")
    func webSocket() throws {
        let connect: WebSocketEvent = try decode(.webSocketConnect(query: ["room": "1"], connectionID: "c"))
        #expect(connect.kind == .connect && connect.query["room"] == "1" && connect.connectionID == "c")
        let message: WebSocketEvent = try decode(.webSocketMessage("hi", route: "ask"))
        #expect(message.kind == .message && message.text == "hi" && message.routeKey == "ask")
        let end: WebSocketEvent = try decode(.webSocketDisconnect())
        #expect(end.kind == .disconnect && end.disconnectStatus == 1_000)
    }

    @Test("Batches have the records that were given")
    func batches() throws {
        let queue: QueueBatchEvent = try decode(.sqs("a", "b", queue: "orders.fifo"))
        #expect(queue.records.map(\.body) == ["a", "b"] && queue.records.map(\.id) == ["message-1", "message-2"])
        #expect(queue.records.first?.queueName == "orders.fifo" && queue.records.first?.order == .group("test"))
        let kafka: KafkaBatchEvent = try decode(.kafka("a", "b", topic: "t"))
        #expect(kafka.records.map(\.id) == ["t-0-0", "t-0-1"] && kafka.records.last?.value == Array("b".utf8))
        let active: BrokerBatchEvent = try decode(.activeMQ("a", queue: "q"))
        #expect(active.records.first?.text == "a" && active.records.first?.queue == "q")
        let rabbit: BrokerBatchEvent = try decode(.rabbitMQ("a", queue: "q"))
        #expect(rabbit.records.first?.text == "a" && rabbit.records.first?.queue == "q")
        let stream: StreamBatchEvent = try decode(.kinesis("a", "b"))
        #expect(stream.records.map(\.data) == [Array("a".utf8), Array("b".utf8)] && stream.window == nil)
        #expect(Set(stream.records.map(\.sequenceNumber)).count == 2)
    }

    @Test("A change of a table has the images that were given")
    func table() throws {
        let insert: StreamBatchEvent = try decode(.dynamoDB(newImage: Self.item))
        #expect(insert.records.first?.eventName == "INSERT")
        #expect(insert.records.first?.newImage?["count"] == .number("2"))
        #expect(insert.records.first?.newImage?["tags"] == .list([.string("a")]))
        let modify: StreamBatchEvent = try decode(.dynamoDB(newImage: Self.item, oldImage: ["a": 1.5]))
        #expect(modify.records.first?.eventName == "MODIFY")
        #expect(modify.records.first?.oldImage == ["a": .number("1.5")])
        let remove: StreamBatchEvent = try decode(.dynamoDB(newImage: nil, oldImage: ["a": nil], isExpiration: true))
        #expect(remove.records.first?.eventName == "REMOVE" && remove.records.first?.isExpiration == true)
    }

    @Test("A window has a state, and its last invocation need not have records")
    func window() throws {
        let first: StreamBatchEvent = try decode(.kinesis("a", state: [:]))
        #expect(first.window != nil && first.state == [:] && !first.isFinalInvokeForWindow)
        let last: StreamBatchEvent = try decode(.kinesis(state: ["n": 1], isFinal: true))
        #expect(last.records.isEmpty && last.state == ["n": 1] && last.isFinalInvokeForWindow)
    }

    private static let recorded: [(TestEvent, file: String, without: Set<String>)] = [
        (.sqs("a"), "TriggerEventsTests/Fixtures/pipes-sqs-event", []),
        (.sns("a"), "TriggerContextTests/Fixtures/sns-event", []),
        (.kinesis("a"), "TriggerEventsTests/Fixtures/kinesis-event", []),
        (.kinesis("a", state: [:]), "TriggerEventsTests/Fixtures/kinesis-time-window-event", []),
        (.dynamoDB(newImage: ["a": 1]), "TriggerEventsTests/Fixtures/dynamodb-event", ["userIdentity"]),
        (.kafka("a"), "TriggerEventsTests/Fixtures/kafka-event", []),
        (.activeMQ("a"), "TriggerEventsTests/Fixtures/activemq-event", []),
        (.rabbitMQ("a"), "TriggerEventsTests/Fixtures/rabbitmq-event", []),
        (.s3(key: "k"), "TriggerContextTests/Fixtures/s3-event", ["versionId"]),
        (.eventBridge(detail: [:]), "TriggerContextTests/Fixtures/eventbridge-event-obj", []),
        (.httpAPI(.get()), "TriggerEventsTests/Fixtures/apigw-v2-request-no-authorizer", ["authentication"]),
        (.loadBalancer(.get()), "TriggerEventsTests/Fixtures/alb-lambda-target-request-headers-only", []),
        (.webSocketMessage("a"), "TriggerEventsTests/Fixtures/apigw-websocket-request-send-message", []),
        (.webSocketConnect(), "TriggerEventsTests/Fixtures/apigw-websocket-request-connect", []),
    ]

    @Test("have the fields of AWS's recorded events", arguments: recorded.indices)
    func fields(index: Int) throws {
        let (event, file, without) = Self.recorded[index]
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: tests.appending(path: "\(file).json"))
        let original = Self.names(try JSONDecoder().decode(AttributeValue.self, from: data), without)
        #expect(original.subtracting(Self.names(event.value, [])) == [])
    }

    /// The paths of all names that are not a caller's own, without indices.
    private static func names(_ value: AttributeValue, _ without: Set<String>, at path: String = "") -> Set<String> {
        let own: Set = [
            "headers", "multiValueHeaders", "messageAttributes", "properties", "detail", "state", "Keys", "NewImage",
            "queryStringParameters", "records", "rmqMessagesByQueue",
        ]
        switch value {
        case .array(let elements):
            return elements.reduce(into: []) { $0.formUnion(names($1, without, at: path)) }
        case .dictionary(let members):
            return members.reduce(into: []) { found, member in
                // SNS has two spellings of these.
                guard !without.contains(member.key), !member.key.hasSuffix("URL") else { return }
                let name = path.isEmpty || member.key == "Records" ? member.key : "\(path).\(member.key)"
                found.insert(name.replacing("Records.", with: ""))
                if !own.contains(member.key) { found.formUnion(names(member.value, without, at: name)) }
            }
        default: return []
        }
    }

    struct Echo: TracedHandler {
        func handle(_ event: AttributeValue, context: InvocationContext) async throws -> AttributeValue { event }
    }

    @Test("A tester takes them")
    func tester() async throws {
        let invocation = await LambdaTester(Echo()).invoke(.eventBridge(detail: .dictionary(Self.item)))
        #expect(invocation.spans.allSatisfy { $0.sessionID == Self.session })
        let output: AttributeValue = try invocation.output()
        #expect(output == TestEvent.eventBridge(detail: .dictionary(Self.item)).value)
    }
}
