import TracedLambda
import TracedLambdaTesting
import Testing

@Suite("A streaming handler in a test")
struct StreamingLambdaTesterTests {
    struct Event: Decodable, Sendable {
        let head: Int?
        let words: [String]
        let failure: String?
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    struct Teller: StreamingTracedHandler {
        func handle(_ event: Event, to response: ResponseStream, context: InvocationContext) async throws {
            if let status = event.head {
                try response.start(ResponseHead(status: status, headers: ["X-A": "b"], cookies: ["c=1"]))
            }
            for word in event.words {
                try await context.tracer.enrichSpanContext(eventName: word, type: .tool) { _ in
                    try await response.write(word)
                }
            }
            if let failure = event.failure { throw Broken(description: failure) }
        }
    }

    private let tester = StreamingLambdaTester(Teller())

    @Test("The head, the body and the spans are there as values")
    func whole() async {
        let session = "11111111-2222-4333-8444-000000000001"
        let stream = await tester.stream(json: #"{"session_id": "\#(session)", "head": 201, "words": ["a", "ü"]}"#)
        #expect(stream.head == ResponseHead(status: 201, headers: ["X-A": "b"], cookies: ["c=1"]))
        #expect(stream.status == 201)
        #expect(stream.text == "aü")
        #expect(stream.failure == nil)
        #expect(stream.spans.map(\.name) == ["a", "ü", "Teller"])
        #expect(stream.spans.allSatisfy { $0.sessionID == session })
        #expect(stream.spans.last?.attributes["http.response.status_code"] == 201)
        #expect(stream.spans.last?.attributes["http.response.body.size"] == 3)
        #expect(stream.spans.last?.attributes["honeyhive_metrics.time_to_first_byte_ms"] == 0.0)
    }

    @Test("Without a head the body is all there is, whatever it looks like")
    func bytesOnly() async {
        let stream = await tester.stream(
            json: #"{"words": ["{\"statusCode\":1,\"headers\":{},\"cookies\":[]}\u0000"]}"#
        )
        #expect(stream.head == nil)
        #expect(stream.body.last == 0)
        #expect(stream.body.first == UInt8(ascii: "{"))
    }

    @Test("NULs in the body stay there")
    func nulsInTheBody() async {
        let stream = await tester.stream(json: #"{"head": 200, "words": ["\u0000\u0000a\u0000"]}"#)
        #expect(stream.status == 200)
        #expect(stream.body == [0, 0, UInt8(ascii: "a"), 0])
    }

    @Test("A head alone is an answer", arguments: [true, false])
    func empty(hasHead: Bool) async {
        let stream = await tester.stream(json: hasHead ? #"{"head": 204, "words": []}"# : #"{"words": []}"#)
        #expect(stream.status == (hasHead ? 204 : nil))
        #expect(stream.body.isEmpty)
        #expect(stream.failure == nil)
    }

    @Test("A failure before the first byte takes the head away; one after it leaves what was written")
    func failures() async {
        let early = await tester.stream(json: #"{"head": 200, "words": [], "failure": "early"}"#)
        #expect(early.failure?.type == "Broken")
        #expect(early.failure?.message == "early")
        #expect(early.head == nil)
        #expect(early.body.isEmpty)
        #expect(early.spans.last?.errorMessage == "Broken: early")
        #expect(early.spans.last?.attributes["http.response.body.size"] == nil)

        let late = await tester.stream(json: #"{"head": 200, "words": ["x"], "failure": "late"}"#)
        #expect(late.failure?.type == "Broken")
        #expect(late.failure?.message == "late")
        #expect(late.status == 200)
        #expect(late.text == "x")
        #expect(late.spans.last?.errorMessage == "Broken: late")
    }

    @Test("The body is recorded only if payloads are, without the head, with secrets masked, also after a failure")
    func recordedBody() async throws {
        let recording = StreamingLambdaTester(Teller(), environment: ["HH_CAPTURE_PAYLOAD": "true"])
        func root(_ event: String) async throws -> RecordedSpan {
            try #require(await recording.stream(json: event).spans.last)
        }
        let json = try await root(
            #"{"head": 200, "words": ["{\"answer\": \"42\", \"pass", "word\": \"hunter2\"}"]}"#
        )
        #expect(json.output("output.answer") == "42")
        #expect(json.output("output.password") == "[redacted]")
        let failed = try await root(#"{"head": 200, "words": ["once ", "upon"], "failure": "late"}"#)
        #expect(failed.output("output") == "once upon")
        #expect(try await root(#"{"words": [], "failure": "early"}"#).output("output") == nil)
        #expect(try await root(#"{"words": []}"#).output("output") == "0 bytes")
        #expect(await tester.stream(json: #"{"words": ["x"]}"#).spans.last?.output("output") == nil)
    }

    @Test("A body of 64 KiB is recorded whole, and of a longer one its size")
    func longBody() async throws {
        let recording = StreamingLambdaTester(Teller(), environment: ["HH_CAPTURE_PAYLOAD": "true"])
        let text = String(repeating: "x", count: 65_536)
        let whole = await recording.stream(json: #"{"words": ["\#(text)"]}"#)
        #expect(whole.spans.last?.output("output") == .string(text))
        let longer = await recording.stream(json: #"{"words": ["\#(text)", "ab"]}"#)
        #expect(longer.spans.last?.output("output") == "65538 bytes")
    }

    @Test("An event that cannot be decoded is a failure")
    func malformed() async {
        let stream = await tester.stream(json: #"{"words": 5}"#)
        #expect(stream.failure?.type == "EventDecodingError")
        #expect(stream.spans.map(\.name) == ["Teller"])
    }
}
