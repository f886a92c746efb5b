import FoundationEssentials
import SessionTracing
import Testing
import TracedLambda
import TracedLambdaTesting
import TriggerEvents

@Suite("Events with texts and numbers of every form")
struct EventTextTests {
    struct Question: Decodable, Sendable {
        let input: String
    }

    struct Ask: TracedHandler {
        func handle(_ event: Question, context: InvocationContext) async throws -> String { event.input }
    }

    struct Tell: StreamingTracedHandler {
        func handle(_ event: Question, to response: ResponseStream, context: InvocationContext) async throws {
            try await response.write(event.input)
        }
    }

    private static let cutTexts = [
        (#"{"input": "cut \ud83d"}"#, "cut \u{FFFD}"), (#"{"input": "\udc1d cut"}"#, "\u{FFFD} cut"),
        (#"{"input": "\ud83d\ud83d\udc1d"}"#, "\u{FFFD}🐝"), (#"{"\ud83d": 1, "input": "x"}"#, "x"),
        (#"{"session_id": "11111111-2222-4333-8444-555555555555", "input": "\uD83D", "other": "\uDC1D"}"#, "\u{FFFD}"),
        (#"{"input": "\ud83d\udc1d"}"#, "🐝"),
    ]

    @Test("A lone surrogate reaches a handler as U+FFFD", arguments: cutTexts)
    func handler(event: String, text: String) async throws {
        let invocation = await LambdaTester(Ask()).invoke(json: event)
        #expect(try invocation.output(as: String.self) == text)
    }

    @Test("A lone surrogate reaches a streaming handler as U+FFFD", arguments: cutTexts)
    func streamingHandler(event: String, text: String) async throws {
        let stream = await StreamingLambdaTester(Tell()).stream(json: event)
        #expect(stream.failure == nil)
        #expect(String(decoding: stream.body, as: UTF8.self) == text)
    }

    @Test("Bytes that are no UTF-8 reach a handler as U+FFFD")
    func invalidUTF8() throws {
        let event = Array(#"{"input": "a"#.utf8) + [0xFF, 0xC3] + Array(#"b"}"#.utf8)
        #expect(try Ask.decode(event).input == "a\u{FFFD}\u{FFFD}b")
    }

    @Test("A record's body with a lone surrogate is U+FFFD, and its record is processed")
    func batch() async throws {
        struct Worker: TracedHandler {
            func handle(_ event: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
                await context.forEachRecord(event) { record, tracer in
                    tracer.enrichSpan(outputs: ["body": .string(record.body)])
                }
            }
        }
        let event = #"""
            {"Records": [{"messageId": "m", "receiptHandle": "r", "body": "cut \ud83d", "attributes": {}, "messageAttributes": {},
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:0:q", "awsRegion": "us-east-1"}]}
            """#
        let invocation = await LambdaTester(Worker()).invoke(json: event)
        _ = try invocation.result.get()
        #expect(invocation.spans.contains { $0.output("body") == "cut \u{FFFD}" })
    }

    @Test("An HTTP body is decoded like an event, also with a decoder of one's own")
    func httpBody() throws {
        struct Body: Decodable {
            let text: String
            let value: AttributeValue
        }
        struct Serve: TracedHandler {
            func handle(_ event: HTTPRequestEvent, context: InvocationContext) async throws -> NoOutput { NoOutput() }
        }
        let event = #"""
            {"version": "2.0", "rawPath": "/", "headers": {}, "requestContext": {"http": {"method": "POST", "path": "/"}},
            "body": "{\"text\": \"cut \\ud83d\", \"value\": {\"temperature\": 1.0}}"}
            """#
        let request = try Serve.decode(Array(event.utf8))
        let body = try request.decode(Body.self)
        #expect(body.text == "cut \u{FFFD}")
        #expect(body.value == ["temperature": 1.0])
        #expect(try request.decode(Part.self, using: JSONDecoder()).text == "cut \u{FFFD}")
    }

    private struct Part: Decodable {
        let text: String
    }

    private static let numbers = (
        json: #"{"temperature": 1.0, "n": 1, "top_p": 0.5, "e": 1e2, "id": 9223372036854775815, "huge": 1e400}"#,
        value: [
            "temperature": 1.0, "n": 1, "top_p": 0.5, "e": 100.0, "id": "9223372036854775815", "huge": "1e400",
        ] as AttributeValue
    )

    @Test("An attribute value as the event has exact numbers, in every handler")
    func wholeEvent() throws {
        struct Value: TracedHandler {
            func handle(_ event: AttributeValue, context: InvocationContext) async throws -> NoOutput { NoOutput() }
        }
        struct Members: StreamingTracedHandler {
            func handle(
                _ event: [String: AttributeValue],
                to response: ResponseStream,
                context: InvocationContext
            ) async throws {}
        }
        #expect(try Value.decode(Array(Self.numbers.json.utf8)) == Self.numbers.value)
        #expect(try AttributeValue.dictionary(Members.decode(Array(Self.numbers.json.utf8))) == Self.numbers.value)
    }

    @Test("An attribute value within the event has exact numbers, on the span as well")
    func nested() async throws {
        struct Event: Decodable, Sendable {
            struct Call: Decodable, Sendable {
                let settings: AttributeValue
            }
            let calls: [Call]
        }
        struct Record: TracedHandler {
            func handle(_ event: Event, context: InvocationContext) async throws -> NoOutput {
                context.tracer.enrichSpan(inputs: ["settings": event.calls[0].settings])
                return NoOutput()
            }
        }
        let event = #"{"calls": [{"settings": \#(Self.numbers.json)}]}"#
        #expect(try Record.decode(Array(event.utf8)).calls.map(\.settings) == [Self.numbers.value])
        let root = try #require(await LambdaTester(Record()).invoke(json: event).spans.last)
        #expect(root.input("settings.temperature") == 1.0)
        #expect(root.input("settings.n") == 1)
        #expect(root.input("settings.id") == "9223372036854775815")
    }

    @Test("What another decoder takes is taken too: a byte order mark, a comma after the last element")
    func lenient() throws {
        struct Value: TracedHandler {
            func handle(_ event: AttributeValue, context: InvocationContext) async throws -> NoOutput { NoOutput() }
        }
        #expect(try Value.decode(Array("\u{FEFF}{\"a\": 1.0}".utf8)) == ["a": 1.0])
        #expect(try Value.decode(Array("[1,]".utf8)) == [1])
    }
}
