import FoundationEssentials
import CurlTransport
import SessionTracing
import Synchronization
import Testing

@testable import TracedLambda

@Suite("What a handler sees of its invocation")
struct InvocationScopeTests {
    /// Keeps ended spans.
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
        let scope = try scope([
            ("Lambda-Runtime-Deadline-Ms", String(ManualClock.startUnixMilliseconds + 30_000)),
            ("Lambda-Runtime-Invoked-Function-Arn", "\(Self.arn):live"),
            ("Lambda-Runtime-Trace-Id", "Root=1-2-3;Parent=4;Sampled=1"),
            ("Lambda-Runtime-Client-Context", #"{"custom": {"name": "Žofie"}}"#),
            ("Lambda-Runtime-Cognito-Identity", #"{"cognitoIdentityId": "i", "cognitoIdentityPoolId": "p"}"#),
            ("Lambda-Runtime-Aws-Tenant-Id", "tenant"),
        ])
        let context = scope.context
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
        #expect(scope.problems.isEmpty)
    }

    @Test("What is not there is nil, without a complaint but for the deadline")
    func absent() throws {
        let scope = try scope([])
        #expect(scope.context.xrayTraceID == nil)
        #expect(scope.context.clientContext == nil)
        #expect(scope.context.identity == nil)
        #expect(scope.context.tenantID == nil)
        #expect(scope.context.functionARN.isEmpty)
        #expect(scope.problems.count == 1)
        #expect(scope.problems.first?.contains("deadline") == true)
    }

    @Test("What cannot be read is told without its content, and the function runs")
    func unreadable() throws {
        let scope = try scope(
            [
                ("Lambda-Runtime-Client-Context", "s3cr3t"), ("Lambda-Runtime-Cognito-Identity", "s3cr3t"),
                ("Lambda-Runtime-Deadline-Ms", "s3cr3t"),
            ],
            body: #"{"session_id": "s3cr3t"}"#
        )
        #expect(scope.problems.count == 4)
        #expect(!scope.problems.contains { $0.contains("s3cr3t") })
        #expect(scope.context.session.id.upstreamText == "s3cr3t")
    }

    @Test("The client context's w3c is the caller's trace when the event names none")
    func clientContextTrace() throws {
        let trace = "0af7651916cd43dd8448eb211c80319c"
        let w3c = #"{"w3c": {"traceparent": "00-\#(trace)-b7ad6b7169203331-01"}, "custom": {}}"#
        let scope = try scope([("Lambda-Runtime-Client-Context", w3c)])
        #expect(scope.context.tracer.traceID.description == trace)
        #expect(scope.context.clientContext?.members["w3c"] == nil)
    }

    @Test("The root span tells of the invocation by OpenTelemetry's conventions")
    func rootSpan() throws {
        for (arn, resource) in [("\(Self.arn):live", Self.arn), (Self.arn, Self.arn)] {
            let scope = try scope([
                ("Lambda-Runtime-Invoked-Function-Arn", arn),
                ("Lambda-Runtime-Trace-Id", "Root=1-2-3;Parent=4;Sampled=1"),
            ])
            scope.context.tracer.endRootSpan()
            let span = try #require(spans.all.last)
            #expect(span.name == "answer")
            #expect(span.kind == .server)
            #expect(span.attributes["faas.invocation_id"] == "id-1")
            #expect(span.attributes["faas.coldstart"] == true)
            #expect(span.attributes["aws.lambda.invoked_arn"] == .string(arn))
            #expect(span.attributes["cloud.account.id"] == "123456789012")
            #expect(span.attributes["cloud.resource_id"] == .string(resource))
            #expect(span.attributes["honeyhive_event_type"] == "chain")
            // X-Ray's span is exported to X-Ray alone, so it is no parent here.
            #expect(span.parentSpanID == nil)
        }
    }

    private func scope(_ headers: [(String, String)], body: String = "{}") throws -> InvocationScope {
        var fields: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": "id-1"]
        for (name, value) in headers { fields.append(name: name, value: value) }
        let response = HTTPResponse(status: 200, headers: fields, body: Array(body.utf8))
        let environment: Environment = [.functionName: "answer", .functionVersion: "7"]
        return InvocationScope(
            try #require(Invocation(response)),
            function: FunctionIdentity(environment),
            resolver: SessionResolver(settings: TracingSettings.resolve(TracingConfiguration(), environment).settings),
            recorder: spans,
            clock: clock.traceClock,
            isColdStart: true,
            flushHandler: { FlushReport() }
        )
    }
}
