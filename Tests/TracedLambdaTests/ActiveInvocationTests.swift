import FoundationEssentials
import CurlTransport
import SessionTracing
import Synchronization
import Testing

@testable import TracedLambda

@Suite("What a handler sees of its invocation")
struct ActiveInvocationTests {
    /// A recorder that stores ended spans.
    private final class Spans: SpanRecorder {
        private let spans = Mutex<[SpanRecord]>([])

        func append(_ span: SpanRecord) { spans.withLock { $0.append(span) } }
        var all: [SpanRecord] { spans.withLock { $0 } }
    }

    private let clock = ManualClock()
    private let spans = Spans()
    private static let arn = "arn:aws:lambda:eu-west-1:123456789012:function:answer"

    @Test("Everything that Lambda says reaches the context")
    func context() throws {
        let active = try activeInvocation([
            ("Lambda-Runtime-Deadline-Ms", String(ManualClock.startUnixMilliseconds + 30_000)),
            ("Lambda-Runtime-Invoked-Function-Arn", "\(Self.arn):live"),
            ("Lambda-Runtime-Trace-Id", "Root=1-2-3;Parent=4;Sampled=1"),
            ("Lambda-Runtime-Client-Context", #"{"custom": {"name": "Žofie"}}"#),
            ("Lambda-Runtime-Cognito-Identity", #"{"cognitoIdentityId": "i", "cognitoIdentityPoolId": "p"}"#),
            ("Lambda-Runtime-Aws-Tenant-Id", "tenant"),
        ])
        let context = active.context
        #expect(context.requestID == "id-1")
        #expect(context.functionARN == "\(Self.arn):live")
        #expect(context.functionName == "answer")
        #expect(context.functionVersion == "7")
        #expect(context.deadline == Date(timeIntervalSince1970: 1_800_000_030))
        #expect(context.xrayTraceID == "Root=1-2-3;Parent=4;Sampled=1")
        #expect(context.clientContext?.custom == ["name": "Žofie"])
        #expect(context.identity?.identityID == "i")
        #expect(context.tenantID == "tenant")
        #expect(context.isColdStart)
        #expect(context.remainingTime == .seconds(30))
        clock.advance(by: .seconds(12))
        #expect(context.remainingTime == .seconds(18))
        #expect(active.problems.isEmpty)
    }

    @Test("What is not there is nil, without a complaint but for the deadline")
    func absent() throws {
        let active = try activeInvocation([])
        #expect(active.context.xrayTraceID == nil)
        #expect(active.context.clientContext == nil)
        #expect(active.context.identity == nil)
        #expect(active.context.tenantID == nil)
        #expect(active.context.functionARN.isEmpty)
        #expect(active.problems.count == 1)
        #expect(active.problems.first?.contains("deadline") == true)
    }

    @Test("What cannot be read is told without its content, and the function runs")
    func unreadable() throws {
        let active = try activeInvocation(
            [
                ("Lambda-Runtime-Client-Context", "s3cr3t"), ("Lambda-Runtime-Cognito-Identity", "s3cr3t"),
                ("Lambda-Runtime-Deadline-Ms", "s3cr3t"),
            ],
            body: #"{"session_id": "s3cr3t"}"#
        )
        #expect(active.problems.count == 4)
        #expect(!active.problems.contains { $0.contains("s3cr3t") })
        #expect(active.context.session.id.upstreamText == "s3cr3t")
    }

    @Test(
        "A caller that sends a trace and no session is told which field to send, once for all records",
        arguments: [
            #"{"traceparent":"\#(trace)"}"#,
            #"{"Records":[{"eventSource":"aws:sqs","body":"\#(body)"},{"eventSource":"aws:sqs","body":"\#(body)"}]}"#,
        ]
    )
    func traceWithoutSession(event: String) throws {
        let problems = try activeInvocation([], body: event).problems.filter { !$0.contains("deadline") }
        #expect(problems.count == 1)
        for field in ["session_id", "baggage", "x-honeyhive-session-id"] {
            #expect(problems.first?.contains(field) == true)
        }
    }

    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let body = #"{\"traceparent\":\"\#(trace)\"}"#

    @Test(
        "A value that cannot name a session is told with its place",
        arguments: [
            (#"{"session_id":true}"#, "session_id in the payload is ignored"),
            (#"{"headers":{"x-session-id":{}}}"#, "x-session-id in the headers is ignored"),
            (
                #"{"Records":[{"eventSource":"aws:sqs","body":"{\"session_id\":[1,2]}"}]}"#,
                "session_id in the payload is ignored"
            ),
        ]
    )
    func unusableSession(event: String, problem: String) throws {
        let problems = try activeInvocation([], body: event).problems.filter { !$0.contains("deadline") }
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(problem) == true)
    }

    @Test("A number names the session of its text, and the text is kept")
    func numberAsSession() throws {
        let session = try activeInvocation([], body: #"{"session_id": 12345, "x": 1}"#).context.session
        #expect(session.id == SessionID("12345"))
        #expect(session.id.upstreamText == "12345")
    }

    @Test("The client context's w3c is the caller's trace when the event names none")
    func clientContextTrace() throws {
        let trace = "0af7651916cd43dd8448eb211c80319c"
        let w3c = #"{"w3c": {"traceparent": "00-\#(trace)-b7ad6b7169203331-01"}, "custom": {}}"#
        let active = try activeInvocation([("Lambda-Runtime-Client-Context", w3c)])
        #expect(active.context.tracer.traceID.description == trace)
        #expect(active.context.clientContext?.members["w3c"] == nil)
    }

    @Test("The root span tells of the invocation by OpenTelemetry's conventions")
    func rootSpan() throws {
        for (arn, resource) in [("\(Self.arn):live", Self.arn), (Self.arn, Self.arn)] {
            let active = try activeInvocation([
                ("Lambda-Runtime-Invoked-Function-Arn", arn),
                ("Lambda-Runtime-Trace-Id", "Root=1-2-3;Parent=4;Sampled=1"),
            ])
            active.context.tracer.endRootSpan()
            let span = try #require(spans.all.last)
            #expect(span.name == "answer")
            #expect(span.kind == .server)
            #expect(span.attributes["faas.invocation_id"] == "id-1")
            #expect(span.attributes["faas.coldstart"] == true)
            #expect(span.attributes["aws.lambda.invoked_arn"] == .string(arn))
            #expect(span.attributes["cloud.account.id"] == "123456789012")
            #expect(span.attributes["cloud.resource_id"] == .string(resource))
            #expect(span.attributes["honeyhive_event_type"] == "chain")
            // X-Ray's span is exported to X-Ray only, so it is not a parent here.
            #expect(span.parentSpanID == nil)
        }
    }

    @Test(
        "The root span's name and kind come from the trigger",
        arguments: [
            (
                #"{"requestContext":{},"httpMethod":"GET","resource":"/pets/{id}","path":"/pets/7"}"#, "GET /pets/{id}",
                "http"
            ),
            (#"{"requestContext":{"elb":{}},"httpMethod":"PUT","path":"/pets/7"}"#, "answer", "http"),
            (#"{"requestContext":{"elb":{}},"httpMethod":"BREW","path":"/"}"#, "answer", "http"),
            (
                #"{"version":"2.0","routeKey":"POST /a","rawPath":"/a","requestContext":{"http":{"method":"POST"}}}"#,
                "POST /a", "http"
            ),
            (
                #"{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:orders"}]}"#, "process orders",
                "pubsub"
            ),
            (#"{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"b"}}}]}"#, "answer", "datasource"),
            (#"{"detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#, "answer", "timer"),
            (#"{"detail-type":"Order","source":"shop","detail":{}}"#, "answer", "pubsub"), ("{}", "answer", "other"),
        ]
    )
    func trigger(event: String, name: String, trigger: String) throws {
        let active = try activeInvocation([], body: event)
        active.context.tracer.endRootSpan()
        let span = try #require(spans.all.last)
        #expect(span.name == name)
        #expect(span.kind == (trigger == "pubsub" ? .consumer : .server))
        #expect(span.attributes["faas.trigger"] == .string(trigger))
    }

    @Test("An HTTP request's attributes tell of it, but for its query")
    func httpAttributes() throws {
        let event =
            #"{"version":"2.0","routeKey":"GET /a/{id}","rawPath":"/a/7","rawQueryString":"token=s3cr3t","headers":"#
            + #"{"x-forwarded-proto":"https"},"queryStringParameters":{"token":"s3cr3t"},"requestContext":"#
            + #"{"domainName":"d.example","http":{"method":"GET","path":"/a/7","userAgent":"curl"}}}"#
        let active = try activeInvocation([], body: event)
        active.context.tracer.endRootSpan()
        let span = try #require(spans.all.last)
        let expected: [String: AttributeValue] = [
            "http.request.method": "GET", "http.route": "/a/{id}", "url.path": "/a/7", "url.scheme": "https",
            "server.address": "d.example", "user_agent.original": "curl",
        ]
        for (key, value) in expected { #expect(span.attributes[key] == value, "\(key)") }
        #expect(!String(describing: span.attributes).contains("s3cr3t"))
    }

    @Test("Each record of a batch has its own session, or else the invocation's")
    func records() throws {
        let record = #"{"eventSource":"aws:sqs","messageId":"m","eventSourceARN":"arn:aws:sqs:r:1:q","body":"#
        let bodies = [#""{\"session_id\":\"conversation-42\"}""#, #""text""#]
        let active = try activeInvocation(
            [],
            body: "{\"Records\":[\(bodies.map { "\(record)\($0)}" }.joined(separator: ","))]}"
        )
        let context = active.context
        #expect(context.records.map(\.session.id) == [SessionID("conversation-42"), context.session.id])
        #expect(context.records.map(\.session.origin) == [.event, .generated])
        #expect(context.records.map(\.id) == ["m", "m"])
        context.tracer.endRootSpan()
        let span = try #require(spans.all.last)
        #expect(span.attributes["messaging.system"] == "aws_sqs")
        #expect(span.attributes["messaging.destination.name"] == "q")
        #expect(span.attributes["messaging.batch.message_count"] == 2)
    }

    @Test("X-Ray's header is handed on when the handler asks for it, and never as it came")
    func xrayHeader() throws {
        let root = "1-5759e988-bd862e3fe1be46a994272793"
        var headers = ["X-Amzn-Trace-Id": "old"]
        try activeInvocation([("Lambda-Runtime-Trace-Id", "Root=\(root);Junk=x;Sampled=1")]).context
            .injectXRayTraceHeader(into: &headers)
        #expect(headers == ["x-amzn-trace-id": "Root=\(root);Sampled=1"])
        var untouched = ["a": "b"]
        try activeInvocation([("Lambda-Runtime-Trace-Id", "junk")]).context.injectXRayTraceHeader(into: &untouched)
        #expect(untouched == ["a": "b"])
    }

    private func activeInvocation(_ headers: [(String, String)], body: String = "{}") throws -> ActiveInvocation {
        var fields: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": "id-1"]
        for (name, value) in headers { fields.append(name: name, value: value) }
        let response = HTTPResponse(status: 200, headers: fields, body: Array(body.utf8))
        let environment: Environment = [.functionName: "answer", .functionVersion: "7"]
        return ActiveInvocation(
            try #require(Invocation(response)),
            function: FunctionIdentity(environment),
            resolver: SessionResolver(settings: FunctionSettings(TracingConfiguration(), environment)),
            recorder: spans,
            clock: clock.traceClock,
            isColdStart: true,
            flushHandler: { FlushReport() }
        )
    }
}
