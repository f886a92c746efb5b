import FoundationEssentials
import Testing
import TracedLambda
import TracedLambdaModels
import TracedLambdaTesting

@Suite("ChatModel")
struct ChatModelTests {
    private struct City: Decodable {
        let name: String
        let people: Int?
    }

    private static func body(_ stub: HTTPStub) throws -> AttributeValue {
        try #require(stub.requests.last).decode(AttributeValue.self)
    }

    @Test("sends messages, tools and settings in the API's form, and records all of it")
    func request() async throws {
        let stub = HTTPStub()
        stub.onChat(.says("ok"))
        let call = ModelCall.ToolCall(id: "c1", name: "city", arguments: #"{"name":"Oslo"}"#)
        let invocation = await invoke(stub) { context in
            let tool = try ChatTool("city", "About a city", arguments: ["name": "in English"]) { (_: City) in "" }
            let messages: [ModelCall.Message] = [
                .system("Be brief."), .user("Hi"),
                .init(role: "user", parts: [.text("What is it?"), .image(uri: "https://example.com/a.png")]),
                .init(role: "assistant", parts: [.reasoning("hm"), .toolCall(call)]),
                .toolResult(["people": 700_000], of: call),
            ]
            return try await model(settings: ["temperature": 0.5, "max_tokens": 9])
                .reply(to: messages, tools: [tool], settings: ["max_tokens": 7], context: context).text
        }
        #expect(try invocation.output(as: String.self) == "ok")
        let request = try #require(stub.requests.first)
        #expect(request.headers["Authorization"] == "Bearer sk-secret")
        let expected = """
            {"model":"m-1","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},\
            {"role":"user","content":[{"type":"text","text":"What is it?"},\
            {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},\
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",\
            "function":{"name":"city","arguments":"{\\"name\\":\\"Oslo\\"}"}}]},\
            {"role":"tool","tool_call_id":"c1","content":"{\\"people\\":700000}"}],\
            "tools":[{"type":"function","function":{"name":"city","description":"About a city",\
            "parameters":{"type":"object","properties":{"name":{"type":"string","description":"in English"},\
            "people":{"type":"integer"}},"required":["name"]}}}],"max_tokens":7,"temperature":0.5}
            """
        #expect(request.text == expected)
        let span = try #require(invocation.modelSpan)
        #expect(span.name == "chat m-1")
        #expect(span.attributes["honeyhive_config.temperature"] == 0.5)
        #expect(span.attributes["gen_ai.request.max_tokens"] == 7)
        #expect(span.input("chat_history.0.content") == "Be brief.")
        #expect(span.input("functions.0.name") == "city")
        #expect(!invocation.spans.contains { "\($0.attributes)".contains("sk-secret") })
    }

    @Test("asks for the tokens of a stream, unless it is told not to")
    func streamOptions() async throws {
        for (settings, options) in [
            ([:], ["include_usage": true] as AttributeValue), (["stream_options": AttributeValue.null], .null),
        ] {
            let stub = HTTPStub()
            stub.onChat(.says("ok"))
            _ = await invoke(stub) { context in
                try await model(settings: settings).stream([.user("?")], context: context) { _ in }.text
            }
            let sent = try Self.body(stub)
            guard case .dictionary(let body) = sent else {
                Issue.record("no object")
                continue
            }
            #expect(body["stream"] == true)
            #expect(body["stream_options"] ?? .null == options)
        }
    }

    @Test("The server receives the trace and no session, unless it is trusted")
    func propagation() async throws {
        for (trusted, hasBaggage) in [("", false), ("model.example", true)] {
            let stub = HTTPStub()
            stub.onChat(.says("ok"))
            let invocation = await invoke(stub, environment: ["TRACED_LAMBDA_PROPAGATE_TO": trusted]) { context in
                try await model().reply(to: [.user("?")], context: context).text
            }
            let headers = try #require(stub.requests.first?.headers)
            #expect(headers["traceparent"]?.contains("\(invocation.spans[0].traceID)") == true)
            #expect((headers["baggage"] != nil) == hasBaggage)
        }
    }

    @Test("A stream that the server sends as one document is a reply as well")
    func documentForStream() async throws {
        let stub = HTTPStub()
        let document = #"{"choices":[{"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}"#
        stub.on("*", .text(document, headers: ["Content-Type": "application/json"]))
        let invocation = await invoke(stub) { context in
            try await model().stream([.user("?")], context: context) { #expect($0 == .text("ok")) }.text
        }
        #expect(try invocation.output(as: String.self) == "ok")
    }

    @Test("A choice without content is left out together with its finish reason")
    func emptyChoice() async throws {
        let stub = HTTPStub()
        let document = """
            {"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"content_filter"},\
            {"index":1,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}
            """
        stub.on("*", .text(document))
        let invocation = await invoke(stub) { context in
            let reply = try await model(settings: ["n": 2]).reply(to: [.user("?")], context: context)
            #expect(reply.finishReason == "stop")
            #expect(reply.response.finishReasons == ["stop"])
            return reply.text
        }
        #expect(try invocation.output(as: String.self) == "Hello")
        let span = try #require(invocation.modelSpan)
        let messages = #"[{"finish_reason":"stop","parts":[{"content":"Hello","type":"text"}],"role":"assistant"}]"#
        #expect(span.output("content") == "Hello")
        #expect(span.output("finish_reason") == "stop")
        #expect(span.attributes["gen_ai.response.finish_reasons"] == .array([.string("stop")]))
        #expect(span.attributes["gen_ai.output.messages"] == .string(messages))
    }

    @Test("Finish reasons are kept if no choice has content")
    func emptyChoices() async throws {
        let stub = HTTPStub()
        let document = """
            {"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"content_filter"},\
            {"index":1,"message":{"role":"assistant","content":null},"finish_reason":"length"}]}
            """
        stub.on("*", .text(document))
        let invocation = await invoke(stub) { context in
            let reply = try await model(settings: ["n": 2]).reply(to: [.user("?")], context: context)
            #expect(reply.finishReason == "content_filter")
            #expect(reply.response.choices.isEmpty)
            return reply.text
        }
        let span = try #require(invocation.modelSpan)
        let reasons: AttributeValue = ["content_filter", "length"]
        #expect(span.output("finish_reason") == "content_filter")
        #expect(span.attributes["gen_ai.response.finish_reasons"] == reasons)
        #expect(span.attributes["gen_ai.output.messages"] == nil)
    }

    @Test("is sent again after 429 and 5xx, and not after another error")
    func retries() async throws {
        for (status, count) in [(429, 2), (503, 2), (529, 2), (400, 1), (404, 1)] {
            let stub = HTTPStub()
            stub.onChat(.fails(status: status), .says("ok"))
            let invocation = await invoke(stub) { context in
                try await model().reply(to: [.user("?")], context: context).text
            }
            #expect(stub.requests.count == count)
            #expect((invocation.failureMessage == nil) == (count == 2))
            #expect(invocation.spans.filter { $0.eventType == .model }.count == 1)
        }
    }

    @Test("A Retry-After beyond the invocation's time is not waited for")
    func retryAfter() async {
        let stub = HTTPStub()
        stub.on("*", .text("{}", status: 429, headers: ["Retry-After": "60"]))
        let invocation = await invoke(stub, timeout: .seconds(20)) { context in
            try await model().reply(to: [.user("?")], context: context).text
        }
        #expect(stub.requests.count == 1)
        #expect(invocation.failureMessage?.contains("HTTP 429") == true)
    }

    @Test("Errors have a code, the server's message, and no key")
    func errors() async {
        let cases: [(HTTPStub.Reply, ModelError.Code, String)] = [
            (.text(#"{"error":{"message":"bad sk-secret"}}"#, status: 401), .unauthorized, "HTTP 401"),
            (
                .text(#"{"error":{"message":"bad sk-secret","code":"invalid_api_key"}}"#, status: 400),
                .unauthorized, "HTTP 400"
            ),
            (.text(#"{"error":{"message":"too long"}}"#, status: 400), .rejected, "HTTP 400: too long"),
            (.text("<html>", status: 404), .rejected, "HTTP 404"),
            (.text(#"{"choices":[]}"#), .malformedResponse, "no choice"),
            (.text("<html>"), .malformedResponse, "not JSON"),
            (.failure(.connect), .unreachable, "connection failed"),
        ]
        for (reply, code, detail) in cases {
            let stub = HTTPStub()
            stub.on("*", reply)
            _ = await invoke(stub) { context in
                let error = await #expect(throws: ModelError.self) {
                    try await model().reply(to: [.user("?")], context: context)
                }
                #expect(error?.code == code)
                #expect(error?.detail.contains(detail) == true, "\(error?.detail ?? "")")
                #expect(error?.description.contains("sk-secret") == false)
                return ""
            }
        }
    }

    @Test("A server's message over 512 bytes is cut between characters and ends with …")
    func longMessage() async {
        let message = "a" + String(repeating: "é", count: 300)
        let body = #"{"error":{"message":"\#(message)","code":503}}"#
        let expected = "a" + String(repeating: "é", count: 254) + "…"
        let cases: [(HTTPStub.Reply, String)] = [
            (.text(body, status: 400), "HTTP 400: \(expected)"), (.text(body), expected), (.chunks([body]), expected),
        ]
        for (reply, detail) in cases {
            let stub = HTTPStub()
            stub.on("*", reply)
            _ = await invoke(stub) { context in
                let error = await #expect(throws: ModelError.self) {
                    try await model().stream([.user("?")], context: context) { _ in }
                }
                #expect(error?.detail == detail)
                return ""
            }
        }
    }

    @Test("decodes an output of a type, with and without a Markdown fence")
    func output() async throws {
        for text in [#"{"name":"Oslo","people":null}"#, "```json\n{\"name\":\"Oslo\"}\n```"] {
            let stub = HTTPStub()
            stub.onChat(.says(text))
            let invocation = await invoke(stub) { context in
                try await model().output(City.self, for: [.user("?")], context: context).name
            }
            #expect(try invocation.output(as: String.self) == "Oslo")
            let sent = try #require(stub.requests.first).text
            #expect(
                sent.contains(
                    #""response_format":{"type":"json_schema","json_schema":{"name":"City","strict":true,"schema":"#
                        + #"{"type":"object","properties":{"name":{"type":"string"},"people":{"anyOf":[{"type":"integer"},"#
                        + #"{"type":"null"}]}},"required":["name","people"],"additionalProperties":false}}}"#
                )
            )
            #expect(invocation.modelSpan?.attributes["gen_ai.output.type"] == "json")
        }
    }

    @Test("An output that does not match names its place and no value")
    func undecodable() async {
        let stub = HTTPStub()
        stub.onChat(.says(#"{"name":"Oslo","people":"secret"}"#))
        _ = await invoke(stub) { context in
            let error = await #expect(throws: ModelError.self) {
                try await model().output(City.self, for: [.user("?")], context: context)
            }
            #expect(error?.code == .undecodableOutput)
            #expect(error?.detail == "people is not Int")
            return ""
        }
    }

    @Test("A key that is kept in AWS is read once, and again when it is rejected")
    func storedKey() async throws {
        let stub = HTTPStub()
        let keys = ["key-no-1", "key-no-2"].map { HTTPStub.Reply.json(["SecretString": $0]) }
        stub.on(.post, "https://secretsmanager.eu-west-1.amazonaws.com/", keys[0], keys[1])
        stub.on("*/chat/completions") { request in
            request.headers["Authorization"] == "Bearer key-no-2"
                ? .text(#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#)
                : .text("{}", status: 401)
        }
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:model-AbCdEf"
        let invocation = await invoke(stub, environment: ["OPENAI_API_KEY": arn]) { context in
            let model = try model(key: .environment)
            _ = try await model.reply(to: [.user("?")], context: context)
            return try await model.reply(to: [.user("?")], context: context).text
        }
        #expect(try invocation.output(as: String.self) == "ok")
        #expect(stub.requests.filter { $0.url.contains("secretsmanager") }.count == 2)
        #expect(stub.requests.count == 5)
        #expect(!invocation.spans.contains { "\($0.attributes)".contains("key-no-1") })
    }

    @Test("signs its requests for Bedrock")
    func signed() async throws {
        let stub = HTTPStub()
        stub.onChat(.says("ok"))
        _ = await invoke(stub) { context in
            let url = "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1"
            let key = ChatModel.Key.signature(service: "bedrock", region: "us-west-2")
            let model = try ChatModel("openai.gpt-oss", url: url, key: key)
            #expect(model.provider == "aws.bedrock")
            return try await model.reply(to: [.user("?")], context: context).text
        }
        let value = try #require(stub.requests.first?.headers["Authorization"])
        #expect(value.hasPrefix("AWS4-HMAC-SHA256 Credential=test/"))
        #expect(value.contains("/us-west-2/bedrock/aws4_request"))
    }

    @Test("A setting that is missing or invalid is named")
    func settings() async {
        for (environment, detail) in [
            ([:], "OPENAI_MODEL"), (["OPENAI_MODEL": "m"], "OPENAI_API_KEY"),
            (["OPENAI_MODEL": "m", "OPENAI_API_KEY": "a b"], "OPENAI_API_KEY contains a space"),
            (["OPENAI_MODEL": "m", "OPENAI_API_KEY": "ssm:"], "OPENAI_API_KEY is not ssm:NAME"),
            (["OPENAI_MODEL": "m", "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "ftp://h"], "OPENAI_BASE_URL is not"),
        ] {
            _ = await invoke(HTTPStub(), environment: environment) { _ in
                let error = #expect(throws: ModelError.self) { try ChatModel() }
                #expect(error?.code == .configuration)
                #expect(error?.detail.contains(detail) == true, "\(error?.detail ?? "")")
                return ""
            }
        }
    }

    @Test(
        "The provider follows from the host",
        arguments: [
            ("https://api.openai.com/v1", "openai"), ("http://localhost:11434/v1", "openai"),
            ("https://generativelanguage.googleapis.com/v1beta/openai/", "gcp.gemini"), ("https://api.x.ai/v1", "x_ai"),
            ("https://notx.ai/v1", "openai"),
        ]
    )
    func provider(url: String, provider: String) throws {
        #expect(try ChatModel("m", url: url, key: .none).provider == provider)
    }
}
