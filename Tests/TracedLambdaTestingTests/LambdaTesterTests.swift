import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("A handler's invocation in the test's own process")
struct LambdaTesterTests {
    private struct Refusal: Error, CustomStringConvertible {
        let description = "not today"
    }

    @Test("The handler gets the decoded event, and the test its encoded answer")
    func output() async throws {
        let invocation = await LambdaTester(ClosureHandler { text, _ in text.uppercased() }).invoke(json: someEvent)
        #expect(try invocation.output(as: ClosureHandler.Reply.self) == ClosureHandler.Reply(text: "HELLO"))
        #expect(try invocation.result.get() == Array(#"{"text":"HELLO"}"#.utf8))
    }

    @Test("An event may be given as bytes")
    func bytes() async throws {
        let invocation = await LambdaTester(ClosureHandler()).invoke(body: Array(someEvent.utf8))
        #expect(try invocation.output(as: ClosureHandler.Reply.self).text == "hello")
    }

    @Test("An answer that is of another type than the test asks for is a decoding error")
    func otherType() async {
        let invocation = await LambdaTester(ClosureHandler()).invoke(json: someEvent)
        #expect(throws: DecodingError.self) { try invocation.output(as: [Int].self) }
    }

    @Test("An error is what Lambda would have been told, and is in the trace once")
    func failure() async throws {
        let invocation = await LambdaTester(ClosureHandler { _, _ in throw Refusal() }).invoke(json: someEvent)
        let failure = #expect(throws: TestInvocation.Failure.self) { try invocation.output(as: String.self) }
        #expect(failure?.type == "Refusal")
        #expect(failure?.message == "not today")
        let root = try #require(invocation.spans.last)
        #expect(invocation.spans.count == 1)
        #expect(root.errorMessage == "Refusal: not today")
        #expect(root.eventNames == ["exception"])
    }

    @Test(
        "An event that the handler cannot take is a failure that names the place, with a span",
        arguments: [
            (#"{"text": 5}"#, "the event cannot be decoded at text: expected String but found another type"),
            ("{}", #"the event cannot be decoded: the key "text" is missing"#),
            ("{", "the event cannot be decoded: it is not valid JSON: it ends too early, at byte 1"),
            (#"{"text": hello}"#, "the event cannot be decoded: it is not valid JSON at byte 9"),
            ("", "the event cannot be decoded: it is empty, not JSON"),
        ]
    )
    func undecodable(event: String, message: String) async throws {
        let handler = ClosureHandler { _, _ in
            Issue.record("the handler was called")
            return ""
        }
        let invocation = await LambdaTester(handler).invoke(json: event)
        let failure = #expect(throws: TestInvocation.Failure.self) { try invocation.result.get() }
        #expect(failure?.type == "EventDecodingError")
        #expect(failure?.message == message)
        #expect(invocation.spans.map(\.errorMessage) == ["EventDecodingError: \(message)"])
    }

    @Test("The first invocation of a tester is a cold start, and no other one is")
    func coldStart() async throws {
        let tester = LambdaTester(ClosureHandler { _, context in "\(context.isColdStart)" })
        for expected in [true, false, false] {
            let invocation = await tester.invoke(json: someEvent)
            #expect(try invocation.output(as: ClosureHandler.Reply.self).text == "\(expected)")
            #expect(invocation.spans.last?.attributes["faas.coldstart"] == .bool(expected))
        }
        let another = await LambdaTester(ClosureHandler()).invoke(json: someEvent)
        #expect(another.spans.last?.attributes["faas.coldstart"] == true)
    }

    @Test("Each invocation has a request id of its own")
    func requestIDs() async throws {
        let tester = LambdaTester(ClosureHandler { _, context in context.requestID })
        var ids: Set<String> = []
        for _ in 0..<3 {
            let invocation = await tester.invoke(json: someEvent)
            let id = try invocation.output(as: ClosureHandler.Reply.self).text
            #expect(invocation.spans.last?.attributes["faas.invocation_id"] == .string(id))
            ids.insert(id)
        }
        #expect(ids.count == 3)
    }

    @Test("What Lambda sends besides the event reaches the handler, names in any case")
    func headers() async throws {
        let handler = ClosureHandler { _, context in
            #expect(context.clientContext?.custom == ["tenant": "acme"])
            #expect(context.functionARN == "arn:aws:lambda:eu-west-1:1:function:mine")
            #expect(context.xrayTraceID == "Root=1-2-3")
            #expect(context.tenantID == "t-1")
            #expect(context.identity?.identityID == "i")
            return ""
        }
        let invocation = await LambdaTester(handler).invoke(
            json: someEvent,
            headers: [
                "Lambda-Runtime-Client-Context": #"{"custom": {"tenant": "acme"}}"#,
                "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-west-1:1:function:mine",
                "Lambda-Runtime-Trace-Id": "Root=1-2-3",
                "LAMBDA-RUNTIME-AWS-TENANT-ID": "t-1",
                "Lambda-Runtime-Cognito-Identity": #"{"cognitoIdentityId": "i", "cognitoIdentityPoolId": "p"}"#,
            ]
        )
        #expect(throws: Never.self) { try invocation.result.get() }
    }

    @Test("The deadline is as far away as the test says, by the test's clock")
    func deadline() async throws {
        let clock = TestClock()
        let handler = ClosureHandler { _, context in
            #expect(context.remainingTime == .seconds(5))
            clock.advance(by: .seconds(2))
            #expect(context.remainingTime == .seconds(3))
            clock.advance(by: .seconds(60))
            #expect(context.remainingTime == .zero)
            return ""
        }
        let invocation = await LambdaTester(handler, clock: clock).invoke(json: someEvent, timeout: .seconds(5))
        #expect(throws: Never.self) { try invocation.result.get() }
    }
}
