import Foundation
import Testing
import Tracing
import TracedLambda
import TracedLambdaTesting

/// A handler that performs a test's calls.
private struct Caller: TracedHandler {
    typealias Body = @Sendable (InvocationContext) async throws -> Void
    private let body: Body

    init() { body = { _ in } }
    init(_ body: @escaping Body) { self.body = body }

    func handle(_ event: [String: String], context: InvocationContext) async throws -> String {
        try await body(context)
        return "done"
    }
}

/// A handler whose client is made in its init.
private struct SharedClient: TracedHandler {
    private let client = HTTPClient()

    init() async throws {
        _ = try await client.get("https://a.example/init")
    }

    func handle(_ event: [String: String], context: InvocationContext) async throws -> Int {
        try await client.get("https://a.example/handle").status
    }
}

@Suite("The span of a call")
struct CallSpanTests {
    private let stub = HTTPStub()

    /// Runs calls in an invocation, and returns its spans without the root span.
    private func spans(
        environment: [String: String] = [:],
        timeout: Duration = .seconds(30),
        event: String = "{}",
        _ body: @escaping Caller.Body
    ) async -> [RecordedSpan] {
        let tester = LambdaTester(Caller(body), environment: environment, http: stub)
        return await tester.invoke(json: event, timeout: timeout).spans.filter { $0.name != "Caller" }
    }

    @Test("has the attributes of OpenTelemetry's conventions, under the current span")
    func attributes() async throws {
        stub.on("*", .text("hello", status: 201))
        let spans = await spans { context in
            try await context.tracer.enrichSpanContext(eventName: "step") { _ in
                _ = try await context.http.post("https://api.example.com:8443/a?b=c", json: [1])
            }
        }
        let call = try #require(spans.first { $0.name == "POST" })
        #expect(call.parentID == spans.first { $0.name == "step" }?.id)
        let expected: [String: AttributeValue] = [
            "http.request.method": "POST", "url.full": "https://api.example.com:8443/a?b=c",
            "server.address": "api.example.com", "server.port": 8443, "http.response.status_code": 201,
            "network.protocol.version": "1.1", "http.request.body.size": 3,
        ]
        for (name, value) in expected { #expect(call.attributes[name] == value, "\(name)") }
        for name in ["error.type", "http.request.resend_count", "http.request.method_original"] {
            #expect(call.attributes[name] == nil, "\(name)")
        }
        #expect(call.attributes["http.response.time_to_first_byte"] != nil)
        #expect(call.errorMessage == nil)
    }

    @Test("fails with a status from 400 on", arguments: [302: false, 404: true, 500: true])
    func statuses(_ status: Int, _ fails: Bool) async throws {
        stub.on("*", .text("", status: status))
        let call = try #require(await spans { _ = try await $0.http.get("https://a.example/") }.first)
        #expect(call.attributes["error.type"] == (fails ? .string("\(status)") : nil))
        #expect((call.errorMessage != nil) == fails)
    }

    @Test("has the kind of an error, and its text")
    func errors() async throws {
        stub.on("*", .failure(.timeout))
        let call = try #require(await spans { _ = try? await $0.http.get("https://a.example/?key=s3cr3t") }.first)
        #expect(call.attributes["error.type"] == "timeout")
        #expect(call.eventNames == ["exception"])
        #expect(call.errorMessage?.contains("timed out") == true)
        #expect(call.errorMessage?.contains("s3cr3t") == false)
    }

    @Test("is one for each attempt and each redirect, which are counted")
    func resends() async throws {
        stub.on("https://a.example/", .failure(.connect), .text("", status: 302, headers: ["Location": "/b"]))
        stub.on("https://a.example/b", .text(""))
        let spans = await spans {
            var request = HTTPClient.Request(.get, "https://a.example/")
            request.redirects = .follow()
            _ = try await $0.http.send(request)
        }
        #expect(spans.map { $0.attributes["http.request.resend_count"] } == [nil, 1, 2])
        #expect(spans.map { $0.attributes["http.response.status_code"] } == [nil, 302, 200])
        #expect(
            spans.map { $0.attributes["url.full"] } == [
                "https://a.example/", "https://a.example/", "https://a.example/b",
            ]
        )
    }

    @Test(
        "has no secret of the URL",
        arguments: [
            "api_key", "access_token", "sig", "Signature", "X-Amz-Signature", "X-Goog-Signature", "AWSAccessKeyId",
            "X-Amz-Credential", "X-Amz-Security-Token",
        ]
    )
    func urlSecrets(_ name: String) async throws {
        stub.on("*", .text(""))
        let call = try #require(
            await spans {
                _ = try await $0.http.get("https://ann:hunter2@a.example/b?city=Oslo&\(name)=s3cr3tvalue&z=1")
            }.first
        )
        let url = try #require(call.attributes["url.full"])
        #expect(url == .string("https://a.example/b?city=Oslo&\(name)=[redacted]&z=1"))
        #expect(stub.requests.first?.url.contains("s3cr3tvalue") == true)
    }

    @Test("has the size of the request's body if it is known")
    func bodySizes() async throws {
        stub.on("*", .text(""))
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("traced-lambda-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 7, count: 1_234).write(to: URL(fileURLWithPath: path))
        let pieces = AsyncStream<[UInt8]> { continuation in
            continuation.yield([1, 2, 3])
            continuation.finish()
        }
        let bodies: [HTTPClient.Body?] = [nil, .text("ab"), .file(path), .stream(pieces, length: 3)]
        let spans = await spans { context in
            for body in bodies { _ = try await context.http.send(.init(.put, "https://a.example/", body: body)) }
        }
        #expect(spans.map { $0.attributes["http.request.body.size"] } == [nil, 2, 1_234, 3])
    }

    @Test("has the bodies only on request, redacted and cut")
    func payloads() async throws {
        stub.on("https://a.example/json", .json(["token": "s3cr3t", "answer": "42"]))
        stub.on("https://a.example/long", .text(String(repeating: "x", count: 100_000)))
        let spans = await spans { context in
            _ = try await context.http.post("https://a.example/json", json: ["password": "hunter2"]).text()
            var request = HTTPClient.Request(
                .post,
                "https://a.example/json",
                body: .json(["password": "hunter2", "q": "why"])
            )
            request.recordsPayload = true
            _ = try await context.http.send(request).text()
            request.url = "https://a.example/long"
            _ = try await context.http.send(request).text()
        }
        #expect(spans.count == 3)
        #expect(spans[0].attributes.allSatisfy { !$0.key.contains("body.") || $0.key.hasSuffix(".size") })
        #expect(spans[1].input("body.q") == "why")
        #expect(spans[1].input("body.password") == "[redacted]")
        #expect(spans[1].output("body.answer") == "42")
        #expect(spans[1].output("body.token") == "[redacted]")
        guard case .string(let text) = spans[2].output("body") else { return #expect(Bool(false), "no text") }
        #expect(text.utf8.count <= 64 * 1024)
    }

    @Test(
        "has a body that is cut between characters, and marked as cut",
        arguments: ["€", "🌍", "é", "x", "\u{301}"],
        [65_533, 65_534, 65_535, 65_536]
    )
    func cutPayloads(_ end: String, _ count: Int) async throws {
        let text = String(repeating: "x", count: count) + end
        stub.on("*", .text(text))
        let call = try #require(
            await spans { context in
                var request = HTTPClient.Request(.post, "https://a.example/", body: .text(text))
                request.recordsPayload = true
                _ = try await context.http.send(request).text()
            }.first
        )
        let expected =
            text.utf8.count <= 65_536 ? text : String(repeating: "x", count: 65_536 - "…".utf8.count) + "…"
        #expect(call.input("body") == .string(expected))
        #expect(call.output("body") == .string(expected))
    }

    @Test("ends when a stream was read or dropped")
    func streams() async throws {
        stub.on("*", .events([ServerSentEvent(data: "a"), ServerSentEvent(data: "b")]))
        let spans = await spans { context in
            for try await _ in try await context.http.get("https://a.example/1").events {}
            for try await _ in try await context.http.get("https://a.example/2").events { break }
            _ = try await context.http.get("https://a.example/3")
        }
        #expect(spans.count == 3)
        #expect(spans.allSatisfy { $0.attributes["honeyhive_metadata.unfinished"] == nil && $0.errorMessage == nil })
    }

    @Test("fails when the body breaks off")
    func brokenBody() async throws {
        stub.on("*", .pieces([[1], [2]]).failing(.disconnected))
        let spans = await spans { context in
            let response = try await context.http.get("https://a.example/")
            let error = await #expect(throws: HTTPError.self) { try await response.bytes() }
            #expect(error?.code == .disconnected && error?.status == 200)
        }
        #expect(spans.first?.attributes["error.type"] == "disconnected")
        #expect(spans.first?.attributes["http.response.body.size"] == 2)
    }

    @Test("has the size of the response's body only if the transfer has ended")
    func responseSizes() async throws {
        let pieces: [[UInt8]] = [[UInt8](repeating: 1, count: 70_000), [2]]
        stub.on("https://a.example/read", .pieces(pieces))
        stub.on("https://a.example/empty", .text(""))
        stub.on("https://a.example/dropped", .pieces(pieces))
        stub.on("https://a.example/failed", .failure(.timeout))
        stub.on("https://a.example/refused", .pieces(pieces, status: 302, headers: ["Location": "http://a.example/"]))
        stub.on("https://a.example/long", .pieces(pieces, status: 302, headers: ["Location": "/empty"]))
        let spans = await spans { context in
            let http = context.http
            _ = try await http.get("https://a.example/read").bytes()
            _ = try await http.get("https://a.example/empty")
            _ = try await http.get("https://a.example/dropped")
            _ = try? await http.get("https://a.example/failed")
            for path in ["refused", "long"] {
                var request = HTTPClient.Request(.get, "https://a.example/\(path)")
                request.redirects = .follow()
                _ = try? await http.send(request)
            }
        }
        #expect(
            spans.map { $0.attributes["http.response.body.size"] } == [70_001, 0, nil, nil, nil, nil, 0],
            "read, empty, dropped, failed, refused, long, empty"
        )
    }

    // MARK: The invocation

    @Test("belongs to the invocation of the task, for a client that was made in init")
    func sharedClient() async throws {
        stub.on("*", .text(""))
        let tester = try await LambdaTester<SharedClient>(http: stub)
        for number in 1...2 {
            let invocation = await tester.invoke(json: #"{"session_id": "s\#(number)"}"#)
            let urls = invocation.spans.compactMap { $0.attributes["url.full"] }
            let own: AttributeValue = "https://a.example/handle"
            #expect(urls == (number == 1 ? ["https://a.example/init", own] : [own]))
            let call = try #require(invocation.spans.first { $0.attributes["url.full"] == own })
            #expect(call.parentID == invocation.spans.first { $0.name == "SharedClient" }?.id)
        }
    }

    @Test("a call has the invocation's remaining time less the flush margin, or less")
    func timeLimits() async throws {
        stub.on("*", .text(""))
        _ = await spans(environment: ["TRACED_LAMBDA_DEADLINE_MARGIN_MS": "300000"], timeout: .seconds(900)) {
            context in
            _ = try await context.http.get("https://a.example/")
            var request = HTTPClient.Request(.get, "https://a.example/")
            request.timeout = .seconds(200)
            _ = try await context.http.send(request)
            request.timeout = .seconds(3_000)
            _ = try await context.http.send(request)
            _ = try await HTTPClient(.init(timeout: .seconds(300))).get("https://a.example/")
        }
        _ = try await stub.client().get("https://a.example/")
        let limits = stub.requests.map(\.timeout)
        #expect(limits.count == 5)
        // The time that has passed since the call began is no longer part of the limit.
        for (limit, expected) in zip(limits, [600, 200, 600, 300, 30]) {
            #expect(limit <= .seconds(expected) && limit > .seconds(expected * 3 / 4))
        }
    }

    @Test("a call is not begun when no time is left")
    func noTimeLeft() async throws {
        let tester = LambdaTester(
            Caller { context in
                let error = await #expect(throws: HTTPError.self) { try await context.http.get("https://a.example/") }
                #expect(error?.code == .timeout)
            },
            environment: ["TRACED_LAMBDA_DEADLINE_MARGIN_MS": "500"],
            http: stub
        )
        _ = await tester.invoke(json: "{}", timeout: .milliseconds(400))
        #expect(stub.requests.isEmpty)
    }

    // MARK: Propagation

    private static let caller = """
        {"headers": {"baggage": "session_id=7b0f7d0c-2d9f-4a44-9a4b-6a7c4f2f0a11,tenant=t1"}, "requestContext": {"http": {"method": "GET"}}, "version": "2.0"}
        """

    /// The names of the trace's fields that a request to a server has.
    private func fields(
        _ host: String,
        environment: [String: String] = [:],
        _ change: @escaping @Sendable (inout HTTPClient.Request) -> Void = { _ in }
    ) async throws -> Set<String> {
        let stub = HTTPStub()
        stub.on("*", .text(""))
        let tester = LambdaTester(
            Caller { context in
                var request = HTTPClient.Request(.get, "https://\(host)/")
                change(&request)
                _ = try await context.http.send(request)
            },
            environment: environment,
            http: stub
        )
        _ = await tester.invoke(json: #"{"session_id": "7b0f7d0c-2d9f-4a44-9a4b-6a7c4f2f0a11"}"#)
        let headers = try #require(stub.requests.first).headers
        return Set(["traceparent", "tracestate", "baggage"].filter { headers[$0] != nil })
    }

    @Test("every server receives the trace, and only trusted ones the session")
    func trust() async throws {
        let trusted = ["TRACED_LAMBDA_PROPAGATE_TO": "*.internal.example.com, 10.0.0.5,api.example.org"]
        #expect(try await fields("api.openai.com") == ["traceparent"])
        #expect(try await fields("api.openai.com", environment: trusted) == ["traceparent"])
        #expect(try await fields("internal.example.com", environment: trusted) == ["traceparent"])
        #expect(try await fields("internal.example.com.evil.example", environment: trusted) == ["traceparent"])
        #expect(try await fields("evilinternal.example.com", environment: trusted) == ["traceparent"])
        for host in ["a.internal.example.com", "A.B.Internal.Example.COM:8443", "10.0.0.5", "api.example.org."] {
            #expect(try await fields(host, environment: trusted) == ["traceparent", "baggage"], "\(host)")
        }
    }

    @Test("a list of servers that cannot be read trusts none")
    func invalidTrust() async throws {
        for list in ["https://a.example", "a.example:443", "*.*", "a b", "*example", ","] {
            #expect(try await fields("a.example", environment: ["TRACED_LAMBDA_PROPAGATE_TO": list]) == ["traceparent"])
        }
    }

    @Test("a request can send more or less, and OTEL_PROPAGATORS still holds")
    func requestPropagation() async throws {
        #expect(try await fields("a.example") { $0.propagation = .session } == ["traceparent", "baggage"])
        #expect(try await fields("a.example") { $0.propagation = HTTPClient.Propagation.none } == [])
        let trusted = ["TRACED_LAMBDA_PROPAGATE_TO": "*"]
        #expect(try await fields("a.example", environment: trusted) { $0.propagation = .trace } == ["traceparent"])
        let none = ["OTEL_PROPAGATORS": "none", "TRACED_LAMBDA_PROPAGATE_TO": "*"]
        #expect(try await fields("a.example", environment: none) == [])
        let trace = ["OTEL_PROPAGATORS": "tracecontext"]
        #expect(try await fields("a.example", environment: trace) { $0.propagation = .session } == ["traceparent"])
    }

    @Test(
        "the session follows a redirect to another origin only if that is trusted",
        arguments: [("b.example", false), ("other.example", true)]
    )
    func redirectedSession(servers: String, isTrusted: Bool) async throws {
        stub.on("https://a.example/", .text("", status: 302, headers: ["Location": "/again"]))
        stub.on("https://a.example/again", .text("", status: 302, headers: ["Location": "https://other.example/"]))
        stub.on("*", .text(""))
        _ = await spans(environment: ["TRACED_LAMBDA_PROPAGATE_TO": servers]) { context in
            var request = HTTPClient.Request(.get, "https://a.example/", headers: ["Baggage": "own=1"])
            request.propagation = .session
            request.redirects = .follow()
            _ = try await context.http.send(request)
        }
        let requests = stub.requests
        #expect(requests.map(\.url).last == "https://other.example/")
        let baggage = requests.map { $0.headers.values(of: "baggage").joined(separator: ",") }
        for (index, text) in baggage.enumerated() {
            let isSent = index < 2 || isTrusted
            #expect(text.contains("session_id=") == isSent, "\(index)")
            #expect(text.contains("own=1") == isSent, "\(index)")
        }
        #expect(requests.count == 3)
        #expect(requests.allSatisfy { $0.headers["traceparent"] != nil })
    }

    @Test("the server continues the trace under the call's span")
    func continuation() async throws {
        stub.on("*", .text(""))
        let call = try #require(await spans { _ = try await $0.http.get("https://a.example/") }.first)
        let sent = try #require(stub.requests.first?.headers["traceparent"])
        #expect(sent == "00-\(call.traceID)-\(call.id)-01")
    }

    @Test("a trace that the request names itself is kept, and its baggage, too")
    func ownFields() async throws {
        stub.on("*", .text(""))
        let own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        _ = await spans { context in
            var request = HTTPClient.Request(
                .get,
                "https://a.example/",
                headers: ["Traceparent": own, "Baggage": "k=v"]
            )
            _ = try await context.http.send(request)
            request.propagation = .session
            _ = try await context.http.send(request)
        }
        #expect(stub.requests.map { $0.headers.values(of: "traceparent") } == [[own], [own]])
        #expect(stub.requests.first?.headers.values(of: "baggage") == ["k=v"])
        let baggage = try #require(stub.requests.last?.headers.values(of: "baggage"))
        #expect(baggage.count == 1 && baggage[0].contains("k=v") && baggage[0].contains("session_id="))
    }
}
