import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("The HTTP status of an answer on the root span")
struct HTTPStatusTests {
    /// A trigger, with its smallest event.
    enum Trigger: String, CaseIterable, Sendable {
        case restAPI = #"{"httpMethod": "GET", "path": "/", "requestContext": {"stage": "p"}}"#
        case loadBalancer = #"{"httpMethod": "GET", "path": "/", "requestContext": {"elb": {"targetGroupArn": "a"}}}"#
        case httpAPI = #"""
            {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET", "path": "/"}}}
            """#
        case webSocket = #"{"requestContext": {"connectionId": "c", "routeKey": "$default"}, "body": "x"}"#
        case direct = #"{"question": "why?"}"#
        case queue = #"{"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": "x"}]}"#

        static let http: [Trigger] = [.restAPI, .loadBalancer, .httpAPI, .webSocket]
        static let other: [Trigger] = [.direct, .queue]
    }

    /// A type of a user's own that API Gateway understands.
    struct Answer: Encodable, Sendable {
        let body: String
        let statusCode: Int
    }

    struct Owner: TracedHandler {
        var status = 200

        func handle(_ event: [UInt8], context: InvocationContext) async throws -> Answer {
            Answer(body: #"{"statusCode": 599}"#, statusCode: status)
        }
    }

    struct Dictionary: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) async throws -> [String: String] {
            ["body": "x", "statusCode": "503"]
        }
    }

    struct Bytes: TracedHandler {
        var bytes: [UInt8] = []
        var enrich: @Sendable (InvocationTracer) -> Void = { _ in }

        func handle(_ event: [UInt8], context: InvocationContext) async throws -> [UInt8] {
            enrich(context.tracer)
            return bytes
        }
    }

    struct Replier: TracedHandler {
        var status = 200

        func handle(_ event: HTTPRequestEvent, context: InvocationContext) async throws -> HTTPReply {
            try HTTPReply(status: status, for: event)
        }
    }

    struct Refusal: Error, CustomStringConvertible {
        let description = "not today"
    }

    struct Thrower: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) async throws -> NoOutput { throw Refusal() }
    }

    struct Streamer: StreamingTracedHandler {
        var status: Int?
        var text = "x"
        var fails = false

        func handle(_ event: [UInt8], to response: ResponseStream, context: InvocationContext) async throws {
            if let status { try response.start(ResponseHead(status: status)) }
            if !text.isEmpty { try await response.write(text) }
            if fails { throw Refusal() }
        }
    }

    private static func root(
        of handler: some TracedHandler,
        _ trigger: Trigger
    ) async throws -> RecordedSpan {
        try #require(await LambdaTester(handler).invoke(json: trigger.rawValue).spans.last)
    }

    private static func status(_ root: RecordedSpan) -> AttributeValue? {
        root.attributes["http.response.status_code"]
    }

    @Test(
        "A reply's status is there, and only one of 500 or more is an error",
        arguments: [200, 302, 404, 499, 500, 503]
    )
    func reply(status: Int) async throws {
        for trigger in [Trigger.restAPI, .loadBalancer, .httpAPI] {
            let root = try await Self.root(of: Replier(status: status), trigger)
            #expect(Self.status(root) == .int(status), "\(trigger)")
            #expect((root.errorMessage != nil) == (status >= 500))
            #expect(root.attributes["honeyhive_error"] == (status >= 500 ? .string("HTTP \(status)") : nil))
            #expect(root.attributes["error.type"] == (status >= 500 ? .string("\(status)") : nil))
        }
    }

    @Test("The status of a user's own type is found, at the top of its JSON only", arguments: Trigger.http)
    func ownType(trigger: Trigger) async throws {
        let root = try await Self.root(of: Owner(status: 404), trigger)
        #expect(Self.status(root) == 404)
        #expect(root.errorMessage == nil)
        #expect(Self.status(try await Self.root(of: Owner(status: 500), trigger)) == 500)
    }

    @Test("A status that is a string of digits counts", arguments: Trigger.http)
    func stringStatus(trigger: Trigger) async throws {
        let root = try await Self.root(of: Dictionary(), trigger)
        #expect(Self.status(root) == 503)
        #expect(root.errorMessage == "")
    }

    @Test(
        "Raw bytes with a status have it",
        arguments: [
            (#"{"statusCode":201}"#, 201), (#" { "headers": {"statusCode": 7}, "statusCode" : 500 } "#, 500),
            (#"{"body":"{\"statusCode\":500}","statusCode":204}"#, 204),
        ]
    )
    func bytes(text: String, status: Int) async throws {
        let root = try await Self.root(of: Bytes(bytes: Array(text.utf8)), .restAPI)
        #expect(Self.status(root) == .int(status))
    }

    @Test(
        "Without a status, an answer in payload format 2.0 is 200, and others that are no reply get AWS's 502",
        arguments: [
            (#"{"hello": "you"}"#, 502), (#""text""#, 502), ("[1]", 502), ("null", 502), ("", 502), ("<html>", 502),
            (#"{"body": "x", "ok": true}"#, 502), (#"{"body": "x""#, 502), (#"{"statusCode": null}"#, 200), ("{}", 200),
            (#"{"body": "x", "headers": {"a": "b"}, "multiValueHeaders": {}, "isBase64Encoded": false}"#, 200),
        ]
    )
    func noStatus(text: String, statusOfREST: Int) async throws {
        let handler = Bytes(bytes: Array(text.utf8))
        #expect(Self.status(try await Self.root(of: handler, .httpAPI)) == 200)
        #expect(Self.status(try await Self.root(of: handler, .webSocket)) == nil)
        let rest = try await Self.root(of: handler, .restAPI)
        #expect(Self.status(rest) == .int(statusOfREST))
        #expect((rest.errorMessage != nil) == (statusOfREST == 502), "a policy that keeps errors keeps it")
        let balanced = try await Self.root(of: handler, .loadBalancer)
        #expect(Self.status(balanced) == 502)
        #expect(balanced.errorMessage != nil)
    }

    @Test(
        "A status that is none is AWS's 502, or unknown",
        arguments: ["99", "600", "-1", "true", #""ok""#, "{}", "1e9", "2.5"]
    )
    func invalid(code: String) async throws {
        let handler = Bytes(bytes: Array(#"{"statusCode":\#(code)}"#.utf8))
        for trigger in [Trigger.restAPI, .loadBalancer] {
            #expect(Self.status(try await Self.root(of: handler, trigger)) == 502, "\(trigger)")
        }
        for trigger in [Trigger.httpAPI, .webSocket] {
            #expect(Self.status(try await Self.root(of: handler, trigger)) == nil, "\(trigger)")
        }
    }

    @Test("The output of another trigger has no status, whatever it says", arguments: Trigger.other)
    func otherTrigger(trigger: Trigger) async throws {
        let root = try await Self.root(of: Owner(status: 500), trigger)
        #expect(Self.status(root) == nil)
        #expect(root.errorMessage == nil)
        let failed = try await Self.root(of: Thrower(), trigger)
        #expect(Self.status(failed) == nil)
        #expect(failed.attributes["error.type"] == "Refusal")
    }

    @Test("A thrown error is the 502 that the caller gets, with the error's own type and text")
    func thrown() async throws {
        for trigger in [Trigger.restAPI, .loadBalancer, .httpAPI] {
            let root = try await Self.root(of: Thrower(), trigger)
            #expect(Self.status(root) == 502)
            #expect(root.errorMessage == "Refusal: not today")
            #expect(root.attributes["honeyhive_error"] == "not today")
            #expect(root.attributes["error.type"] == "Refusal")
        }
        #expect(Self.status(try await Self.root(of: Thrower(), .webSocket)) == nil)
    }

    @Test("A response over Lambda's limit fails, with the status that the caller gets in its place")
    func tooLarge() async throws {
        let limit = 6_291_556
        func invocation(_ count: Int) async -> TestInvocation {
            var bytes = Array(#"{"statusCode":200,"body":""#.utf8)
            bytes += [UInt8](repeating: UInt8(ascii: "x"), count: count - bytes.count - 2)
            bytes += Array(#""}"#.utf8)
            return await LambdaTester(Bytes(bytes: bytes)).invoke(json: Trigger.httpAPI.rawValue)
        }
        let whole = await invocation(limit)
        #expect(try whole.result.get().count == limit)
        let success = try #require(whole.spans.last)
        #expect(Self.status(success) == 200)
        #expect(success.errorMessage == nil)

        let refused = await invocation(limit + 1)
        let failure = #expect(throws: TestInvocation.Failure.self) { try refused.result.get() }
        #expect(failure?.type == "Function.ResponseSizeTooLarge")
        #expect(failure?.message.contains("(6291556 bytes)") == true)
        let root = try #require(refused.spans.last)
        let message = try #require(root.errorMessage)
        #expect(Self.status(root) == 502)
        #expect(message.contains("6291557 bytes"))
        #expect(root.attributes["honeyhive_error"] == .string(message))
        #expect(root.attributes["error.type"] == "Function.ResponseSizeTooLarge")
    }

    @Test("An error that the handler has recorded is kept beside the status")
    func recordedError() async throws {
        let handler = Bytes(bytes: Array(#"{"statusCode":503}"#.utf8)) { $0.enrichSpan(error: "no database") }
        let root = try await Self.root(of: handler, .httpAPI)
        #expect(Self.status(root) == 503)
        #expect(root.errorMessage == "no database")
        #expect(root.attributes["honeyhive_error"] == "no database")
    }

    @Test("A streamed answer's status is as that of a single one")
    func streamed() async throws {
        func root(_ handler: Streamer, _ trigger: Trigger) async throws -> RecordedSpan {
            try #require(await StreamingLambdaTester(handler).stream(json: trigger.rawValue).spans.last)
        }
        let failed = try await root(Streamer(status: 503), .httpAPI)
        #expect(Self.status(failed) == 503)
        #expect(failed.errorMessage == "")
        #expect(failed.attributes["honeyhive_error"] == "HTTP 503")
        #expect(try await root(Streamer(status: 404), .restAPI).errorMessage == nil)
        #expect(Self.status(try await root(Streamer(), .httpAPI)) == 200)
        #expect(Self.status(try await root(Streamer(), .direct)) == nil)
        #expect(Self.status(try await root(Streamer(text: "", fails: true), .httpAPI)) == 502)
        #expect(Self.status(try await root(Streamer(fails: true), .httpAPI)) == 200)
        #expect(Self.status(try await root(Streamer(status: 201, fails: true), .restAPI)) == 201)
    }

    @Test(
        "X-Ray's segment is linked, sampled or not, and is no parent",
        arguments: ["Sampled=1", "Sampled=0", "Lineage=1:a:1"]
    )
    func xray(flag: String) async throws {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995C3F42CD8AD8;\(flag)"
        let invocation = await LambdaTester(Bytes())
            .invoke(json: "{}", headers: ["Lambda-Runtime-Trace-Id": header])
        let root = try #require(invocation.spans.last)
        #expect(root.linkedIDs.map(\.description) == ["53995c3f42cd8ad8"])
        #expect(root.parentID == nil)
        #expect(root.attributes["aws.xray.trace_header"] == .string(header))
    }

    @Test(
        "A header of X-Ray without a segment gives no link",
        arguments: ["Root=1-2-3", "Root=1-5759e988-bd862e3fe1be46a994272793"]
    )
    func noSegment(header: String) async throws {
        let invocation = await LambdaTester(Bytes())
            .invoke(json: "{}", headers: ["Lambda-Runtime-Trace-Id": header])
        #expect(try #require(invocation.spans.last).linkedIDs == [])
    }
}
