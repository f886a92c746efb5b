import Foundation
import SessionTracing
import Testing
import TriggerContext

@Suite("Events of services, in the forms in which they come")
struct EnvelopeTests {
    private static let id = "11111111-2222-4333-8444-555555555555"
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(
        "A caller's session and span are found in the event of each case",
        arguments: [
            ("activemq", "s-12", false, Trigger.Kind.pubsub), ("pipes-sqs-array", "s-13", false, .pubsub),
            ("appsync", "s-14", true, .http), ("lattice-v2", "s-15", true, .http),
            ("lambda-destination", "s-16", false, .other), ("sqs-lambda-destination", "s-16", false, .pubsub),
            ("bedrock-agent", "s-17", true, .other), ("cognito-client-metadata", "s-19", false, .other),
            ("dynamodb-remove", "s-20", false, .datasource), ("bom-direct", id, false, .other),
            ("bom-sqs-body", id, false, .pubsub), ("bom-http-body-base64", id, false, .http),
            ("session-header-twice", id, false, .http), ("websocket-message", "s-1", false, .http),
        ]
    )
    func cases(name: String, session: String, hasParent: Bool, kind: Trigger.Kind) throws {
        let context = TriggerContext.extract(event: try Fixture.testCase(name))
        #expect(context.session?.text == session)
        #expect((context.parent?.traceparent == Self.traceparent) == hasParent)
        #expect(context.trigger.kind == kind)
    }

    @Test("A window's invocation is of its stream, also the last one, which has no records")
    func window() throws {
        for (name, count) in [("kinesis-window", 1), ("kinesis-window-last", 0)] {
            let trigger = TriggerContext.extract(event: try Fixture.testCase(name)).trigger
            #expect(trigger.source == .kinesis)
            #expect(trigger.recordCount == count)
            #expect(trigger.rootSpanName(functionName: "f") == "process x")
        }
        let table = TriggerContext.extract(
            #"{"Records":[],"window":{},"state":{"session_id":"kept"},"eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/x"}"#
        )
        #expect(table.trigger.source == .dynamoDB)
        #expect(table.trigger.destination == "t")
        #expect(table.session == nil)
        #expect(table.conversationSession?.text == "kept")
    }

    private static let data = Data(#"{"session_id":"s-1"}"#.utf8).base64EncodedString()

    @Test(
        "A batch is recognised by its form, whatever its source is called",
        arguments: [
            ("", Trigger.Source.activeMQ), (#""eventSource":"aws:amq","#, .activeMQ),
            (#""eventSource":"aws:mq","#, .activeMQ), (#""eventSource":"ActiveMQ","#, .activeMQ),
            (#""eventSource":"x","#, .activeMQ),
        ]
    )
    func activeMQ(source: String, expected: Trigger.Source) {
        let context = TriggerContext.extract(
            #"{\#(source)"messages":[{"messageID":"m","data":"\#(Self.data)","destination":{"physicalName":"q"}}]}"#
        )
        #expect(context.trigger.source == expected)
        #expect(context.found == "event: s-1")
    }

    @Test(
        "Batches without a source's name are recognised",
        arguments: [
            (#"{"rmqMessagesByQueue":{"q::/":[{"data":"*"}]}}"#, Trigger.Source.rabbitMQ),
            (#"{"records":{"t-0":[{"topic":"t","partition":"0","offset":1,"value":"*"}]}}"#, .kafka),
            (#"{"records":{"t-0":{"0":{"topic":"t","partition":0,"offset":1,"value":"*"}}}}"#, .kafka),
            (#"{"eventSource":"SelfManagedKafka","records":{"t-0":[{"value":"*"}]}}"#, .kafka),
            (#"{"eventSource":"aws:SelfManagedKafka","records":{"t-0":[{"value":"*"}]}}"#, .kafka),
            (#"{"Records":[{"kinesis":{"data":"*"}}]}"#, .kinesis),
            (#"{"Records":[{"receiptHandle":"h","body":"{\"session_id\":\"s-1\"}"}]}"#, .sqs),
            (#"{"Records":[{"Sns":{"Message":"{\"session_id\":\"s-1\"}"}}]}"#, .sns),
            (#"{"Records":[{"eventSource":"aws:x","dynamodb":{"Keys":{"session_id":{"S":"s-1"}}}}]}"#, .dynamoDB),
        ]
    )
    func form(event: String, expected: Trigger.Source) {
        let context = TriggerContext.extract(event.replacing("*", with: Self.data))
        #expect(context.trigger.source == expected)
        #expect(context.found == "event: s-1")
    }

    @Test(
        "Events of callers that resemble a batch are direct invocations",
        arguments: [
            #"{"messages":[{"role":"user","content":"x"}],"session_id":"s-1"}"#,
            #"{"records":[{"id":1}],"session_id":"s-1"}"#, #"{"Records":[],"session_id":"s-1"}"#,
            #"{"Records":1,"records":{},"events":[{"payload":1}],"session_id":"s-1"}"#,
            #"{"s3":{},"dynamodb":1,"Sns":"x","request":{"type":"x"},"httpMethod":"GET","session_id":"s-1"}"#,
            #"{"requestContext":{},"detail":{},"source":"x","session_id":"s-1"}"#,
        ]
    )
    func direct(event: String) {
        let context = TriggerContext.extract(event)
        #expect(context.trigger.source == .direct)
        #expect(context.found == "event: s-1")
    }

    @Test(
        "An array's elements are read one by one, and a session that they share is the invocation's",
        arguments: [
            (#"[{"session_id":"a"}]"#, ["a"], "a"), (#"[{"session_id":"a"},{"sessionId":"a"}]"#, ["a", "a"], "a"),
            (#"[{"session_id":"a"},{"session_id":"b"}]"#, ["a", "b"], nil),
            (#"[{"headers":{"x-session-id":"a"}},1]"#, ["a", nil], nil),
            (#"[{"detail-type":"t","source":"s","detail":{"session_id":"a"}}]"#, ["a"], "a"), ("[1]", [], nil),
        ] as [(String, [String?], String?)]
    )
    func array(event: String, records: [String?], session: String?) {
        let context = TriggerContext.extract(event)
        #expect(context.records.map(\.session?.text) == records)
        #expect(context.session?.text == session)
        #expect(context.trigger.kind == .other)
    }

    @Test(
        "The function's own path is followed in arrays, and in events within events",
        arguments: [
            ("0.session_id", #"[{"session_id":"own"}]"#),
            (
                "ses.mail.headers.X-Session-Id",
                #"{"Records":[{"ses":{"mail":{"headers":[{"name":"a","value":"b"},{"name":"x-session-id","value":"own"}]}}}]}"#
            ), ("1.a.id", #"[{},{"a":{"id":"own"}}]"#),
            ("a.id", #"[{"a":{"id":"own"}}]"#), ("requestPayload.a.id", Self.destination), ("a.id", Self.destination),
            ("arguments.a.id", #"{"info":{"fieldName":"f","parentTypeName":"Q"},"arguments":{"a":{"id":"own"}}}"#),
            ("a.id", #"{"detail-type":"t","source":"s","detail":{"a":{"id":"own"}}}"#),
            ("0.body.a.id", #"[{"messageId":"m","receiptHandle":"h","body":"{\"a\":{\"id\":\"own\"}}"}]"#),
            (
                "a.id",
                #"{"requestContext":{},"httpMethod":"GET","isBase64Encoded":true,"body":"eyJhIjp7ImlkIjoib3duIn19"}"#
            ),
        ]
    )
    func ownPath(path: String, event: String) {
        let context = TriggerContext.extract(event: Array(event.utf8), sessionPath: SessionPath(path))
        #expect(context.found == "event: own")
    }

    private static let destination =
        #"{"requestContext":{"condition":"Success"},"requestPayload":{"a":{"id":"own"},"session_id":"x"}}"#

    @Test(
        "The service's own id of a conversation is the last resort",
        arguments: [
            ("bedrock-agent-event", "SessionID"), ("lex-v2-event", "lex-conversation"), ("lex-event", "John"),
            ("connect-event", "5ca32fbd-8f92-46af-92a5-6b0f970f0efe"),
            ("alexa-launch-request", "amzn1.echo-api.session.abeee1a7-aee0-41e6-8192"),
        ]
    )
    func lastResort(event: String, id: String) throws {
        let context = try Fixture(event).context()
        #expect(context.session == nil)
        #expect(context.conversationSession?.text == id)
    }

    @Test("A newer image of an item goes before an older one, and a key is the last")
    func images() throws {
        let images = ["NewImage", "OldImage", "Keys"]
        for start in images.indices {
            let members = images[start...].map { #""\#($0)":{"session_id":{"S":"\#($0)"}}"# }.reversed()
            let record = #"{"eventID":"e","dynamodb":{\#(members.joined(separator: ","))}}"#
            let stream = Data(record.utf8).base64EncodedString()
            for event in [
                #"{"Records":[\#(record)]}"#, "[\(record)]", #"{"Records":[{"kinesis":{"data":"\#(stream)"}}]}"#,
            ] {
                #expect(TriggerContext.extract(event).found == "event: \(images[start])")
            }
        }
    }

    @Test("A batch within an envelope has the session that its records share")
    func nestedBatch() {
        func record(_ id: String) -> String {
            #"{"kinesis":{"data":"\#(Data(#"{"session_id":"\#(id)"}"#.utf8).base64EncodedString())"}}"#
        }
        func session(_ records: String...) -> String? {
            TriggerContext.extract(
                #"{"requestContext":{"condition":"x"},"payload":{"Records":[\#(records.joined(separator: ","))]}}"#
            ).found
        }
        #expect(session(record("a")) == "event: a")
        #expect(session(record("a"), record("a")) == "event: a")
        #expect(session(record("a"), record("b")) == nil)
        let id = "11111111-2222-4333-8444-55555555aaaa"
        #expect(session(record(id), record(id.uppercased())) == "event: \(id)")
    }

    @Test(
        "Query parameters in a text are found, and joined ones are taken apart",
        arguments: [
            (
                #"{"userRequest":{"url":"https://h/k?a=1&session_id=s%2D1","headers":{}},"configuration":{}}"#,
                "queryParameter: s-1"
            ),
            (#"{"Records":[{"cf":{"config":{},"request":{"querystring":"session_id=s-1"}}}]}"#, "queryParameter: s-1"),
            (
                #"{"protocols":[],"protocolData":{"http":{"queryString":"?X-Session-Id=s-1"}}}"#, "queryParameter: s-1"
            ),
            (
                #"{"version":"2.0","requestContext":{"http":{}},"queryStringParameters":{"session_id":"s-1,s-1"}}"#,
                "queryParameter: s-1"
            ),
        ]
    )
    func query(event: String, found: String) {
        #expect(TriggerContext.extract(event).found == found)
    }

    private static let formBody = "a=1&session_id=a+b%2Fc"

    @Test(
        "A body that its headers call a form has a session",
        arguments: [
            (
                #""headers":{"Content-Type":"application/x-www-form-urlencoded"},"body":"\#(Self.formBody)""#,
                "event: a b/c"
            ),
            (
                #""headers":{"content-type":"Application/X-WWW-Form-URLEncoded; charset=UTF-8"},"isBase64Encoded":true,"#
                    + #""body":"\#(Data(Self.formBody.utf8).base64EncodedString())""#, "event: a b/c"
            ),
            (
                #""multiValueHeaders":{"Content-Type":["application/x-www-form-urlencoded"]},"body":"\#(Self.formBody)""#,
                "event: a b/c"
            ),
            (
                #""headers":{"content-type":"application/x-www-form-urlencoded"},"body":"session_id=&sessionId=s""#,
                "event: s"
            ),
            (
                #""headers":{"content-type":"application/x-www-form-urlencoded"},"body":"{\"session_id\":\"s\"}""#,
                "event: s"
            ),
            (#""headers":{"content-type":"text/plain"},"body":"\#(Self.formBody)""#, nil),
            (#""headers":{},"body":"\#(Self.formBody)""#, nil),
            (
                #""headers":{"content-type":"application/x-www-form-urlencoded"},"isBase64Encoded":true,"body":"a=%%""#,
                nil
            ),
        ] as [(String, String?)]
    )
    func forms(members: String, found: String?) {
        for context in ["{}", #"{"elb":{}}"#, #"{"http":{"method":"POST"}}"#, #"{"connectionId":"c"}"#] {
            let event = #"{"httpMethod":"POST","requestContext":\#(context),\#(members)}"#
            #expect(TriggerContext.extract(event).found == found)
        }
    }

    @Test("A batch of a distributed map has the session of its input, or the one that all its items share")
    func itemBatch() {
        func found(_ input: String, _ items: String...) -> String? {
            TriggerContext.extract(#"{"BatchInput":\#(input),"Items":[\#(items.joined(separator: ","))]}"#).found
        }
        let (first, second) = (#"{"session_id":"a"}"#, #"{"session_id":"b"}"#)
        #expect(found(first, second) == "event: a")
        #expect(found("{}", first, first) == "event: a")
        #expect(found("{}", first, second) == nil)
        #expect(TriggerContext.extract(#"{"Items":[{"session_id":"b"}],"session_id":"a"}"#).found == "event: a")
    }

    @Test("A chain of destinations has the trigger of the event with which it began")
    func destinationChain() {
        var event = #"{"Records":[{"receiptHandle":"h","body":"{\"session_id\":\"s-1\"}"}]}"#
        for _ in 0..<3 {
            event = #"{"requestContext":{"condition":"Success"},"requestPayload":\#(event)}"#
            let context = TriggerContext.extract(event)
            #expect(context.found == "event: s-1")
            #expect(context.trigger.source == .lambdaDestination)
            #expect(context.trigger.kind == .pubsub)
        }
    }

    @Test(
        "An event that its caller has encoded twice is read",
        arguments: [#"{"session_id":"s-1"}"#, #"[{"session_id":"s-1"}]"#]
    )
    func encodedTwice(text: String) throws {
        let event = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        #expect(TriggerContext.extract(event).found == "event: s-1")
        #expect(TriggerContext.extract("\"no event\"").isEmpty)
    }

    @Test(
        "The bytes of headers may be signed, in strings, or in an object",
        arguments: ["[115,45,49]", #"["115","45","49"]"#, #"{"0":"115","1":"45","2":"49"}"#, #""s-1""#]
    )
    func bytes(value: String) {
        for headers in [#"[{"session_id":\#(value)}]"#, #"{"session_id":\#(value)}"#] {
            let event = #"{"eventSource":"aws:kafka","records":{"t-0":[{"headers":\#(headers)}]}}"#
            #expect(TriggerContext.extract(event).found == "messageAttribute: s-1")
        }
    }

    @Test("The text of an outer event stays valid while texts within it are read")
    func nestedTexts() throws {
        let inner =
            #"{"requestContext":{"condition":"x"},"requestPayload":"{\"a\":1}","payload":"{\"b\":2}","#
            + #""responsePayload":"{\"session_id\":\"s-1\"}"}"#
        let body = String(decoding: try JSONEncoder().encode(inner), as: UTF8.self)
        let event = #"{"Records":[{"receiptHandle":"h","body":\#(body)}]}"#
        #expect(TriggerContext.extract(event).found == "event: s-1")
    }
}
