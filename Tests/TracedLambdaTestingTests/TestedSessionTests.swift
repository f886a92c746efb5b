import Glibc
import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("The session and the settings of a tested invocation")
struct TestedSessionTests {
    private static let session = "11111111-2222-4333-8444-000000000001"

    @Test("The event's session is the invocation's, and every span's")
    func eventsSession() async throws {
        let tester = LambdaTester(ClosureHandler { _, context in context.session.id.description })
        let invocation = await tester.invoke(json: #"{"text": "", "session_id": "\#(Self.session)"}"#)
        #expect(try invocation.output(as: ClosureHandler.Reply.self).text == Self.session)
        #expect(invocation.session.id.description == Self.session)
        #expect(invocation.session.origin == .event)
        #expect(invocation.spans.map(\.sessionID) == [Self.session])
    }

    @Test(
        "The session tells where it came from",
        arguments: [
            (#"{"text": "", "baggage": "session_id=\#(session)"}"#, [:], .baggage),
            (#"{"text": "", "headers": {"X-Session-Id": "\#(session)"}}"#, [:], .header),
            (someEvent, ["HH_SESSION_ID": session], .environment),
        ] as [(String, [String: String], Session.Origin)]
    )
    func origins(event: String, environment: [String: String], origin: Session.Origin) async {
        let invocation = await LambdaTester(ClosureHandler(), environment: environment).invoke(json: event)
        #expect(invocation.session.id.description == Self.session)
        #expect(invocation.session.origin == origin)
    }

    @Test("Without one, each invocation is in a new session")
    func generated() async {
        let tester = LambdaTester(ClosureHandler())
        let (first, second) = (await tester.invoke(json: someEvent), await tester.invoke(json: someEvent))
        #expect(first.session.origin == .generated)
        #expect(first.session.id != second.session.id)
        #expect(first.spans.map(\.sessionID) == [first.session.id.description])
    }

    @Test("What is added to a session is one merged update, as HoneyHive would get it; without additions there is none")
    func updates() async {
        let handler = ClosureHandler { text, context in
            guard text == "add" else { return text }
            context.tracer.enrichSession(metadata: ["a": 1, "b": 1], outputs: ["old": true])
            context.tracer.enrichSession(metadata: ["b": 2], feedback: ["rating": 5], outputs: ["new": true])
            return text
        }
        let tester = LambdaTester(handler)
        let invocation = await tester.invoke(json: #"{"text": "add", "session_id": "\#(Self.session)"}"#)
        let expected: AttributeValue = [
            "event_id": .string(Self.session), "metadata": ["a": 1, "b": 2], "feedback": ["rating": 5],
            "outputs": ["new": true],
        ]
        #expect(invocation.sessionUpdates == [expected])
        #expect(await tester.invoke(json: someEvent).sessionUpdates == [])
    }

    @Test("The handler's own flushes are counted, for each invocation anew", arguments: [0, 1, 3])
    func flushes(_ count: Int) async {
        let handler = ClosureHandler { text, context in
            for _ in 0..<count { #expect(await context.tracer.flush().isComplete) }
            return text
        }
        let tester = LambdaTester(handler)
        for _ in 0..<2 { #expect(await tester.invoke(json: someEvent).flushCount == count) }
    }

    @Test("The variables that the test gives are in force")
    func environment() async throws {
        let environment = [
            "AWS_LAMBDA_FUNCTION_NAME": "answer", "HH_PROJECT": "p", "HH_SOURCE": "s", "HH_CAPTURE_PAYLOAD": "true",
        ]
        let tester = LambdaTester(ClosureHandler { _, context in context.functionName }, environment: environment)
        let invocation = await tester.invoke(json: someEvent)
        #expect(try invocation.output(as: ClosureHandler.Reply.self).text == "answer")
        #expect(invocation.session.project == "p")
        #expect(invocation.session.source == "s")
        #expect(invocation.session.name == "answer")
        let root = try #require(invocation.spans.last)
        #expect(root.name == "answer")
        #expect(root.input("event.text") == "hello")
        #expect(root.output("output.text") == "answer")
        let unsampled = LambdaTester(ClosureHandler(), environment: ["OTEL_TRACES_SAMPLER": "always_off"])
        #expect(await unsampled.invoke(json: someEvent).spans.isEmpty)
    }

    @Test("With OTEL_PROPAGATORS=none a caller's headers do not count, and its session id does")
    func propagators() async throws {
        let tester = LambdaTester(ClosureHandler(), environment: ["OTEL_PROPAGATORS": "none"])
        let headers =
            #""traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "project=p""#
        let invocation = await tester.invoke(json: #"{"text": "", "session_id": "\#(Self.session)", \#(headers)}"#)
        #expect(invocation.session.id.description == Self.session)
        #expect(invocation.session.project == nil)
        #expect(invocation.spans.map(\.parentID) == [nil])
    }

    /// Runs in its own process, because all tests share one environment.
    @Test("The variables of the test's own process are not seen")
    func ownEnvironment() async {
        await #expect(processExitsWith: .success) {
            setenv("HH_PROJECT", "leaked", 1)
            setenv("HH_SESSION_ID", "leaked", 1)
            setenv("AWS_LAMBDA_FUNCTION_NAME", "leaked", 1)
            let invocation = await LambdaTester(ClosureHandler()).invoke(json: someEvent)
            #expect(invocation.session.project == nil)
            #expect(invocation.session.origin == .generated)
            #expect(invocation.session.name == "ClosureHandler")
            #expect(invocation.spans.map(\.name) == ["ClosureHandler"])
        }
    }
}
