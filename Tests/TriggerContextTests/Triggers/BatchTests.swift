import SessionTracing
import Testing
import TriggerContext

@Suite("Batches")
struct BatchTests {
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func batch(_ bodies: [String]) -> String {
        let records = bodies.enumerated().map { index, body in
            #"{"messageId":"m\#(index)","body":"\#(body)","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:q"}"#
        }
        return #"{"Records":[\#(records.joined(separator: ","))]}"#
    }

    private func session(_ id: String) -> String { #"{\"session_id\":\"\#(id)\"}"# }

    @Test("Each record has its own session; several of them are not the invocation's")
    func several() {
        let context = TriggerContext.extract(batch([session("a"), "text", session("b")]))
        #expect(context.records.map(\.id) == ["m0", "m1", "m2"])
        #expect(context.records.map(\.index) == [0, 1, 2])
        #expect(context.records.map(\.session?.text) == ["a", nil, "b"])
        #expect(context.session == nil)
        #expect(context.trigger.isBatch)
        #expect(context.trigger.recordCount == 3)
        #expect(context.trigger.destination == "q")
    }

    @Test("A session that all records share is the invocation's, however it is written")
    func shared() {
        let id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
        let context = TriggerContext.extract(batch([session(id), session(id.uppercased())]))
        #expect(context.found == "event: \(id)")
        #expect(TriggerContext.extract(batch([session(id), "{}"])).session == nil)
        #expect(TriggerContext.extract(batch([session("a"), session("a")])).found == "event: a")
    }

    @Test("A record that is malformed JSON has no session, and the others keep theirs")
    func malformedBody() {
        let bodies = [#"{\"session_id\":\"a\""#, #"{\"session_id\":\"\\ud80\"}"#, session("c")]
        #expect(TriggerContext.extract(batch(bodies)).records.map(\.session?.text) == [nil, nil, "c"])
    }

    @Test("10,000 records have a context, and those beyond are counted")
    func limit() {
        let count = TriggerContext.maximumRecordCount + 5
        let context = TriggerContext.extract(batch(Array(repeating: session("a"), count: count)))
        #expect(context.records.count == TriggerContext.maximumRecordCount)
        #expect(context.trigger.recordCount == count)
        #expect(context.session?.text == "a")
    }

    @Test("The function's own path is followed in each record's message")
    func ownPath() throws {
        let path = try #require(SessionPath("conversation.id"))
        let body = #"{\"conversation\":{\"id\":\"own\"},\"session_id\":\"other\"}"#
        let context = TriggerContext.extract(event: Array(batch([body, session("b")]).utf8), sessionPath: path)
        #expect(context.records.map(\.session?.text) == ["own", "b"])
    }

    @Test("Envelopes are opened up to a depth, and those below are not")
    func envelopes() {
        var texts = [#"{"session_id":"a"}"#]
        for _ in 0..<6 {
            let quoted = texts[texts.count - 1].replacing(#"\"#, with: #"\\"#).replacing("\"", with: "\\\"")
            texts.append("\"\(quoted)\"")
        }
        let bodies = texts.map { $0.replacing(#"\"#, with: #"\\"#).replacing("\"", with: "\\\"") }
        let found = TriggerContext.extract(batch(bodies)).records.map { $0.session != nil }
        #expect(found == [true, true, true, true, true, false, false])
    }

    @Test(
        "The records of each service have the ids that it gives them",
        arguments: [
            ("documentdb-insert-event", "0163eeb6e7000000090100000009000041e1"),
            ("dynamodb-event", "f07f8ca4b0b26cb9c4e5e77e69f274ee"), ("kafka-event", "AWSKafkaTopic-0-0"),
            ("kafka-self-managed-event", "mytopic-0-15"),
            ("kinesis-event", "49568167373333333333333333333333333333333333333333333333"),
            ("kinesis-firehose-event", "record1"), ("pipes-dynamodb-event", "2"), ("pipes-kafka-event", "orders-0-15"),
            ("pipes-kinesis-event", "49590338271490256608559692538361571095921575989136588898"),
            ("pipes-sqs-event", "059f36b4-87a3-44ab-83d2-661975830a7d"),
            ("sns-event", "82833b5c-8d5d-56d0-b0e1-7511f8253eb8"), ("sqs-event", "MessageID_1"),
        ]
    )
    func ids(event: String, id: String) throws {
        #expect(try Fixture(event).context().records.first?.id == id)
    }

    @Test("X-Ray's header of a message is kept, and is no parent")
    func xray() throws {
        var fixture = try Fixture("sqs-event")
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        fixture.put(header, at: "Records|0|attributes|AWSTraceHeader")
        let record = try #require(try fixture.context().records.first)
        #expect(record.xrayTraceHeader == header)
        #expect(record.parent == nil)
    }
}
