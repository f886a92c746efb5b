import FoundationEssentials
import SessionTracing
import Testing
import TracedLambdaTesting
import TriggerContext
import WireText

@testable import TracedLambda

@Suite("Invoking other functions")
struct InvokeTests {
    struct Question: Codable { var question = "6 x 7?" }
    struct Answer: Codable, Equatable { let answer: String }

    struct Caller: TracedHandler {
        struct Event: Decodable {}

        let body: @Sendable (InvocationContext) async throws -> String

        init() {
            body = { _ in "" }
        }

        init(_ body: @escaping @Sendable (InvocationContext) async throws -> String) {
            self.body = body
        }

        func handle(_ event: Event, context: InvocationContext) async throws -> String { try await body(context) }
    }

    private static func invoke(
        _ stub: HTTPStub,
        environment: [String: String] = [:],
        _ body: @escaping @Sendable (InvocationContext) async throws -> String
    ) async -> TestInvocation {
        await LambdaTester(Caller(body), environment: environment, http: stub)
            .invoke(json: #"{"session_id":"11111111-2222-4333-8444-000000000001"}"#)
    }

    @Test("is typed, signed, and continues the trace in the client context, as our own functions read it")
    func requestResponse() async throws {
        let stub = HTTPStub()
        stub.onInvoke("Answer") { call in
            #expect(!call.isEvent)
            let question = try call.decode(Question.self)
            #expect(question.question == "6 x 7?")
            return ["answer": "42"]
        }
        let invocation = await Self.invoke(stub) { context in
            let answer: Answer = try await context.invoke("Answer", Question())
            return answer.answer
        }
        #expect(try invocation.output(as: String.self) == "42")

        let request = try #require(stub.requests.first)
        #expect(request.url == "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/Answer/invocations")
        #expect(request.text == #"{"question":"6 x 7?"}"#)
        #expect(request.headers["X-Amz-Invocation-Type"] == "RequestResponse")
        #expect(request.headers["X-Amz-Log-Type"] == "Tail")
        #expect(request.headers["Authorization"]?.contains("/us-east-1/lambda/aws4_request") == true)
        #expect(request.headers["traceparent"] == nil && request.headers["baggage"] == nil)

        let span = try #require(invocation.spans.first { $0.name == "invoke Answer" })
        #expect(span.attributes["faas.invoked_name"] == "Answer")
        #expect(span.attributes["faas.invoked_provider"] == "aws")
        #expect(span.attributes["faas.invoked_region"] == "us-east-1")
        #expect(span.attributes["aws.request_id"] == "invoked-1")
        #expect(span.attributes["http.request.method"] == "POST")
        #expect(span.attributes["url.full"] == .string(request.url))
        #expect(span.attributes["http.request.body.size"] == .int(request.body.count))
        #expect(span.attributes["http.response.status_code"] == 200)
        #expect(invocation.spans.count == 2)
        let text = try #require(request.headers["X-Amz-Client-Context"].flatMap { Base64.decode($0) })
        let context = TriggerContext.extract(
            event: Array("{}".utf8),
            clientContext: String(decoding: text, as: UTF8.self)
        )
        #expect(context.parent?.spanID == span.id)
        #expect(context.parent?.traceID == span.traceID)
        #expect(context.session?.text == "11111111-2222-4333-8444-000000000001")
    }

    @Test("Attempts that Lambda has throttled are events of its span")
    func resends() async throws {
        let stub = HTTPStub()
        stub.on("*", .text("{}", status: 429), .failure(.connect), .json(["answer": "42"]))
        let invocation = await Self.invoke(stub) { context in
            let answer: Answer = try await context.invoke("Answer", Question())
            return answer.answer
        }
        let span = try #require(invocation.spans.first)
        #expect(invocation.spans.map(\.name) == ["invoke Answer", "Caller"])
        #expect(span.eventNames == ["resend", "resend"])
        #expect(span.attributes["http.request.resend_count"] == 2)
        #expect(span.attributes["http.response.status_code"] == 200)
        #expect(span.attributes["error.type"] == nil && span.errorMessage == nil)
    }

    @Test("An event carries the trace in its payload, as our own functions read it")
    func event() async throws {
        let stub = HTTPStub()
        stub.onInvoke("Archive") { call in
            #expect(call.isEvent)
            return .null
        }
        let invocation = await Self.invoke(stub) { context in
            let requestID = try await context.sendEvent(to: "Archive", Question())
            #expect(requestID == "invoked-1")
            return ""
        }
        #expect(invocation.spans.map(\.name) == ["invoke Archive", "Caller"])
        let request = try #require(stub.requests.first)
        #expect(request.headers["X-Amz-Client-Context"] == nil && request.headers["X-Amz-Log-Type"] == nil)
        #expect(try request.decode(Question.self).question == "6 x 7?")
        let context = TriggerContext.extract(event: request.body)
        #expect(context.parent?.spanID == invocation.spans[0].id)
        #expect(context.session?.text == "11111111-2222-4333-8444-000000000001")
    }

    @Test("An event's own fields are kept, and one that is no object stays as it is")
    func ownFields() {
        let fields = [(name: "traceparent", value: "00-1"), (name: "baggage", value: "a=b")]
        func event(_ text: String, maximumBytes: Int = 1_000) -> String {
            String(decoding: TracePayload.event(Array(text.utf8), fields, maximumBytes: maximumBytes), as: UTF8.self)
        }
        #expect(event("{}") == #"{"traceparent":"00-1","baggage":"a=b"}"#)
        #expect(event(#"{"a":1}"#) == #"{"traceparent":"00-1","baggage":"a=b","a":1}"#)
        for text in [#"{"a":1,"Traceparent":"own"}"#, "[1]", #""a""#, "1", "null", #"{"a""#] {
            #expect(event(text) == text)
        }
        #expect(event(#"{"a":1}"#, maximumBytes: 40) == #"{"a":1}"#)
    }

    @Test("Baggage that makes the client context too long is left out")
    func longBaggage() throws {
        let fields = [
            (name: "traceparent", value: "00-1"), (name: "baggage", value: String(repeating: "x", count: 3_000)),
        ]
        let text = try #require(TracePayload.clientContext(fields))
        #expect(Base64.decode(text) == Array(#"{"custom":{"traceparent":"00-1"}}"#.utf8))
        #expect(TracePayload.clientContext([]) == nil)
    }

    @Test(
        "The session stays in a client context, whatever else makes it too long",
        arguments: [
            ("session_id=s,project=p,x=\(String(repeating: "x", count: 3_000))", "vendor=1", true),
            ("session_id=s,project=p", "vendor=\(String(repeating: "x", count: 3_000))", false),
            (
                "session_id=s,project=p,x=\(String(repeating: "x", count: 3_000))",
                String(repeating: "v", count: 3_000), false
            ),
        ]
    )
    func longClientContext(baggage: String, state: String, keepsState: Bool) throws {
        let fields = [
            (name: "traceparent", value: "00-1"), (name: "tracestate", value: state), (name: "baggage", value: baggage),
        ]
        let text = try #require(TracePayload.clientContext(fields))
        #expect(text.utf8.count <= TracePayload.maximumClientContextBytes)
        let json = String(decoding: try #require(Base64.decode(text)), as: UTF8.self)
        #expect(json.contains(#""traceparent":"00-1""#) && json.contains(#""baggage":"session_id=s,project=p""#))
        #expect(json.contains("tracestate") == keepsState)
    }

    @Test(
        "The function may be a name or an ARN, with a qualifier",
        arguments: [
            ("Answer", nil, "Answer", "us-east-1", "Answer/invocations"),
            ("Answer:live", nil, "Answer", "us-east-1", "Answer%3Alive/invocations"),
            ("Answer", "$LATEST", "Answer", "us-east-1", "Answer/invocations?Qualifier=%24LATEST"),
            (
                "123456789012:function:Answer", "7", "Answer", "us-east-1",
                "123456789012%3Afunction%3AAnswer/invocations?Qualifier=7"
            ),
            (
                "arn:aws-cn:lambda:cn-north-1:123456789012:function:Answer:live", nil, "Answer", "cn-north-1",
                "arn%3Aaws-cn%3Alambda%3Acn-north-1%3A123456789012%3Afunction%3AAnswer%3Alive/invocations"
            ),
        ] as [(String, String?, String, String, String)]
    )
    func references(function: String, qualifier: String?, name: String, region: String, path: String) async throws {
        let stub = HTTPStub()
        stub.onInvoke("*") { call in
            #expect(call.qualifier == qualifier.map { $0 == "$LATEST" ? "%24LATEST" : $0 })
            return .null
        }
        let invocation = await Self.invoke(stub) { context in
            let none = try await context.invoke(function, Question(), qualifier: qualifier, as: AttributeValue.self)
            return "\(none)"
        }
        #expect(try invocation.output(as: String.self) == "null")
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        #expect(stub.requests.first?.url == "https://lambda.\(region).\(suffix)/2015-03-31/functions/\(path)")
        #expect(invocation.spans[0].attributes["faas.invoked_name"] == .string(name))
        #expect(invocation.spans[0].attributes["faas.invoked_region"] == .string(region))
    }

    private static func failure(
        _ stub: HTTPStub = HTTPStub(),
        environment: [String: String] = [:],
        _ body: @escaping @Sendable (InvocationContext) async throws(InvokeError) -> Void
    ) async -> InvokeError? {
        let found = Box()
        _ = await invoke(stub, environment: environment) { context in
            do throws(InvokeError) { try await body(context) } catch { found.set(error) }
            return ""
        }
        return found.error
    }

    @Test(
        "What is no function is refused before anything is sent",
        arguments: [
            "", "a b", "a/b", "../x", "arn:aws:s3:::bucket", "arn:aws:lambda:eu:1:layer:x:1", "a:b:c", "a:",
            String(repeating: "a", count: 257), "1:function:a:b:c",
        ]
    )
    func invalidFunctions(function: String) async {
        let stub = HTTPStub()
        let error = await Self.failure(stub) { context throws(InvokeError) in
            try await context.sendEvent(to: function, Question())
        }
        #expect(error?.code == .invalidFunction)
        #expect(stub.requests.isEmpty)
    }

    @Test("A payload over Lambda's limit is refused before anything is sent")
    func limits() async {
        let stub = HTTPStub()
        stub.onInvoke("*") { _ in .null }
        // The text's quotes are two bytes.
        let event = String(repeating: "x", count: InvocationContext.maximumEventBytes - 2)
        let payload = String(repeating: "x", count: InvocationContext.maximumInvokeBytes - 2)
        for (text, isEvent, isSent) in [
            (event, true, true), (event + "x", true, false), (payload, false, true), (payload + "x", false, false),
        ] {
            let count = stub.requests.count
            let error = await Self.failure(stub) { context throws(InvokeError) in
                if isEvent {
                    try await context.sendEvent(to: "a", text)
                } else {
                    _ = try await context.invoke("a", text, as: AttributeValue.self)
                }
            }
            #expect(error?.code == (isSent ? nil : .payloadTooLarge))
            #expect(stub.requests.count - count == (isSent ? 1 : 0))
        }
    }

    @Test("A function's error has its type, message and log")
    func functionError() async throws {
        let stub = HTTPStub()
        let log = Base64.encode(Array("START\nboom ü\n".utf8))
        stub.on(
            "*",
            .text(
                #"{"errorType":"ValueError","errorMessage":"bad question","stackTrace":[]}"#,
                headers: [
                    "X-Amz-Function-Error": "Unhandled", "X-Amz-Log-Result": log, "X-Amzn-RequestId": "r-1",
                ]
            )
        )
        let error = await Self.failure(stub) { context throws(InvokeError) in
            _ = try await context.invoke("Answer", Question(), as: Answer.self)
        }
        #expect(error?.code == .functionFailed)
        #expect(error?.errorType == "ValueError")
        #expect(error?.message == "bad question")
        #expect(error?.logTail == "START\nboom ü\n")
        #expect(error?.requestID == "r-1")
        #expect(error?.description == "Answer: ValueError: bad question")
    }

    @Test(
        "Lambda's own errors have a code; only throttled requests are sent again",
        arguments: [
            (403, InvokeError.Code.accessDenied, 1), (404, .notFound, 1), (413, .payloadTooLarge, 1),
            (429, .throttled, 3),
            (500, .rejected, 1), (502, .rejected, 1),
        ]
    )
    func serviceErrors(status: Int, code: InvokeError.Code, count: Int) async {
        let stub = HTTPStub()
        stub.on("*", .text(#"{"Message":"no"}"#, status: status, headers: ["X-Amzn-ErrorType": "SomeException:http"]))
        let error = await Self.failure(stub) { context throws(InvokeError) in
            _ = try await context.invoke("Answer", Question(), as: Answer.self)
        }
        #expect(error?.code == code)
        #expect(error?.status == status)
        #expect(error?.description.hasPrefix("Answer: SomeException: no") == true)
        #expect(stub.requests.count == count)
    }

    @Test("Without credentials, a region, a connection or a matching response it is an error that says so")
    func otherErrors() async {
        let reply = HTTPStub()
        reply.on("*", .text(#"{"answer":1}"#))
        let broken = HTTPStub()
        broken.on("*", .failure(.timeout))
        let cases: [(HTTPStub, [String: String], InvokeError.Code, String)] = [
            (reply, ["AWS_ACCESS_KEY_ID": ""], .configuration, "AWS_ACCESS_KEY_ID is not set"),
            (reply, ["AWS_SECRET_ACCESS_KEY": ""], .configuration, "AWS_SECRET_ACCESS_KEY is not set"),
            (reply, ["AWS_REGION": ""], .configuration, "AWS_REGION is not set"),
            (reply, [:], .undecodableOutput, "does not match Answer"), (broken, [:], .unreachable, "timed out"),
        ]
        for (stub, environment, code, message) in cases {
            let error = await Self.failure(stub, environment: environment) { context throws(InvokeError) in
                _ = try await context.invoke("Answer", Question(), as: Answer.self)
            }
            #expect(error?.code == code)
            #expect(error?.description.contains(message) == true, "\(error.map { "\($0)" } ?? "no error")")
        }
    }

    @Test("The endpoint of the environment is used")
    func endpoint() async {
        for (environment, origin) in [
            (["AWS_ENDPOINT_URL_LAMBDA": "http://localhost:9000/"], "http://localhost:9000"),
            (["AWS_ENDPOINT_URL": "http://localhost:1"], "http://localhost:1"),
            (["AWS_REGION": "eu-west-1"], "https://lambda.eu-west-1.amazonaws.com"),
        ] {
            let stub = HTTPStub()
            stub.onInvoke("a") { _ in .null }
            let error = await Self.failure(stub, environment: environment) { context throws(InvokeError) in
                try await context.sendEvent(to: "a", 1)
            }
            #expect(error == nil)
            #expect(stub.requests.first?.url == "\(origin)/2015-03-31/functions/a/invocations")
        }
    }

    private final class Box: @unchecked Sendable {
        private(set) var error: InvokeError?

        func set(_ error: InvokeError) { self.error = error }
    }
}
