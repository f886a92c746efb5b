import SessionTracing
import Testing

/// HoneyHive's fields, and https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/.
@Suite("Calls of a language model")
struct ModelCallTests {
    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    private func call(
        _ operation: ModelCall.Operation = .chat,
        settings: [String: AttributeValue] = ["temperature": 0.5, "max_tokens": 100]
    ) -> ModelCall {
        ModelCall(
            operation,
            provider: "openai",
            model: "gpt-4o",
            messages: [.init(role: "system", content: "Be brief."), .init(role: "user", content: "Why?")],
            settings: settings
        )
    }

    private func expect(_ span: SpanRecord, _ expected: [String: AttributeValue]) {
        for (key, value) in expected { #expect(span.attributes[key] == value, "\(key)") }
    }

    /// Returns the keys of both conventions on a span, without what all spans have.
    private func keys(_ span: SpanRecord, under prefixes: String...) -> Set<String> {
        Set(span.attributes.entries.map(\.key).filter { key in prefixes.contains { key.hasPrefix($0) } })
    }

    /// Runs one call that gets a response.
    private func answered(_ responses: ModelResponse...) async throws -> SpanRecord {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
            for response in responses { recorder.record(response) }
        }
        return try fixture.spans.only("ask")
    }

    private func json(_ span: SpanRecord, _ key: String) throws -> JSONNode {
        guard case .string(let text) = span.attributes[key] else {
            Issue.record("\(key) is no text")
            return try JSONNode(parsing: Array("null".utf8))
        }
        return try JSONNode(parsing: Array(text.utf8))
    }

    // MARK: The request

    @Test("What is asked stands on the span under HoneyHive's names and OpenTelemetry's")
    func question() async throws {
        let value = await fixture.tracer.withModelCall(call()) { _ in 42 }
        #expect(value == 42)
        let span = try fixture.spans.only("chat gpt-4o")
        #expect(span.parentSpanID == fixture.root.id)
        #expect(span.kind == .client)
        expect(
            span,
            [
                "honeyhive_event_type": "model",
                "honeyhive_inputs.chat_history.0.role": "system",
                "honeyhive_inputs.chat_history.0.content": "Be brief.",
                "honeyhive_inputs.chat_history.1.role": "user",
                "honeyhive_inputs.chat_history.1.content": "Why?",
                "honeyhive_config.provider": "openai",
                "honeyhive_config.model": "gpt-4o",
                "honeyhive_config.temperature": 0.5,
                "honeyhive_config.max_tokens": 100,
                "honeyhive_metadata.system": "openai",
                "honeyhive_metadata.operation_name": "chat",
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.request.temperature": 0.5,
                "gen_ai.request.max_tokens": 100,
                "gen_ai.conversation.id": "12345678-1234-1234-1234-123456789abc",
            ]
        )
        let messages =
            #"[{"parts":[{"content":"Be brief.","type":"text"}],"role":"system"},"#
            + #"{"parts":[{"content":"Why?","type":"text"}],"role":"user"}]"#
        #expect(span.attributes["gen_ai.input.messages"] == .string(messages))
    }

    @Test(
        "Each operation has OpenTelemetry's name, and a name can be given",
        arguments: [
            (.chat, "chat", "chat_history"), (.textCompletion, "text_completion", "chat_history"),
            (.generateContent, "generate_content", "chat_history"), (.embeddings, "embeddings", "inputs"),
        ] as [(ModelCall.Operation, AttributeValue, String)]
    )
    func operations(operation: ModelCall.Operation, name: AttributeValue, input: String) async throws {
        await fixture.tracer.withModelCall(call(operation), eventName: "ask") { _ in }
        let span = try fixture.spans.only("ask")
        #expect(span.attributes["gen_ai.operation.name"] == name)
        #expect(span.attributes["honeyhive_inputs.\(input).1.content"] == "Why?")
        #expect(span.attributes["honeyhive_event_type"] == "model")
        #expect(EventType.inferred(name: "x", attributes: span.attributes) == .model)
    }

    @Test(
        "Each parameter has its attribute in OpenTelemetry's type, under the names of the providers",
        arguments: [
            ("temperature", 1, "request.temperature", 1.0), ("temperature", 0.5, "request.temperature", 0.5),
            ("top_p", 0.9, "request.top_p", 0.9), ("top_k", 40, "request.top_k", 40.0),
            ("frequency_penalty", 1, "request.frequency_penalty", 1.0),
            ("presence_penalty", 0.1, "request.presence_penalty", 0.1),
            ("max_tokens", 100, "request.max_tokens", 100), ("max_tokens", 100.0, "request.max_tokens", 100),
            ("max_completion_tokens", 7, "request.max_tokens", 7), ("max_output_tokens", 8, "request.max_tokens", 8),
            ("seed", 5, "request.seed", 5), ("n", 3, "request.choice.count", 3), ("n", 1, "request.choice.count", nil),
            ("stop", ["a", "b"], "request.stop_sequences", ["a", "b"]),
            ("stop_sequences", "a", "request.stop_sequences", ["a"]), ("stop", [1], "request.stop_sequences", nil),
            ("stream", true, "request.stream", true), ("stream", "yes", "request.stream", nil),
            ("encoding_format", "float", "request.encoding_formats", ["float"]),
            ("dimensions", 256, "embeddings.dimension.count", 256),
            ("response_format", ["type": "json_schema"], "output.type", "json"),
            ("response_format", ["type": "text"], "output.type", "text"), ("response_format", "x", "output.type", nil),
            ("temperature", "warm", "request.temperature", nil), ("seed", 1.5, "request.seed", nil),
        ] as [(String, AttributeValue, String, AttributeValue?)]
    )
    func parameters(setting: String, value: AttributeValue, key: String, expected: AttributeValue?) async throws {
        await fixture.tracer.withModelCall(call(settings: [setting: value]), eventName: "ask") { _ in }
        let span = try fixture.spans.only("ask")
        #expect(span.attributes["gen_ai.\(key)"] == expected)
        let config = keys(span, under: "honeyhive_config.")
            .filter { !$0.hasSuffix(".model") && !$0.hasSuffix(".provider") }
        #expect(config.allSatisfy { $0.hasPrefix("honeyhive_config.\(setting)") } && !config.isEmpty)
    }

    @Test("Tools are offered in both forms")
    func tools() async throws {
        var call = call()
        call.tools = [
            .init(
                name: "weather",
                description: "Tells the weather.",
                parameters: ["type": "object", "properties": ["city": ["type": "string"]]]
            ), .init(name: "clock"),
        ]
        await fixture.tracer.withModelCall(call, eventName: "ask") { _ in }
        let span = try fixture.spans.only("ask")
        expect(
            span,
            [
                "honeyhive_inputs.functions.0.name": "weather",
                "honeyhive_inputs.functions.0.description": "Tells the weather.",
                "honeyhive_inputs.functions.0.parameters.properties.city.type": "string",
                "honeyhive_inputs.functions.1.name": "clock",
            ]
        )
        let definitions = try json(span, "gen_ai.tool.definitions")
        #expect(definitions[0]?["type"]?.text == "function")
        #expect(definitions[0]?["parameters"]?["properties"]?["city"]?["type"]?.text == "string")
        #expect(definitions[1]?["name"]?.text == "clock")
    }

    @Test("A conversation of all kinds of parts keeps its structure in both forms")
    func parts() async throws {
        var call = call()
        call.messages = [
            .init(
                role: "user",
                parts: [.text("What is this?"), .image(uri: "https://example.com/a.png", mediaType: "image/png")]
            ),
            .init(
                role: "assistant",
                parts: [
                    .reasoning("A map?"), .text("I look."),
                    .toolCall(.init(id: "c1", name: "weather", arguments: #"{"city": "Oslo"}"#)),
                    .toolCall(.init(id: "c2", name: "clock", arguments: ["zone": "UTC"])),
                ]
            ),
            .init(role: "tool", parts: [.toolResult(id: "c1", "4 °C"), .toolResult(id: "c2", ["hour": 7])]),
            .init(role: "user", parts: [.other(type: "file", ["modality": "image", "file_id": "f1"])]),
        ]
        await fixture.tracer.withModelCall(call, eventName: "ask") { _ in }
        let span = try fixture.spans.only("ask")
        let history = "honeyhive_inputs.chat_history"
        expect(
            span,
            [
                "\(history).0.role": "user", "\(history).0.content.0.type": "text",
                "\(history).0.content.0.text": "What is this?", "\(history).0.content.1.type": "image_url",
                "\(history).0.content.1.image_url.url": "https://example.com/a.png",
                "\(history).1.role": "assistant", "\(history).1.content": "I look.", "\(history).1.reasoning": "A map?",
                "\(history).1.tool_calls.0.id": "c1", "\(history).1.tool_calls.0.type": "function",
                "\(history).1.tool_calls.0.function.name": "weather",
                "\(history).1.tool_calls.0.function.arguments": #"{"city": "Oslo"}"#,
                "\(history).1.tool_calls.1.function.arguments": #"{"zone":"UTC"}"#,
                "\(history).2.role": "tool", "\(history).2.content": "4 °C", "\(history).2.tool_call_id": "c1",
                "\(history).3.role": "tool", "\(history).3.content": #"{"hour":7}"#, "\(history).3.tool_call_id": "c2",
                "\(history).4.content.0.type": "file",
            ]
        )
        let messages = try json(span, "gen_ai.input.messages")
        #expect(messages.elements?.count == 4)
        let image = messages[0]?["parts"]?[1]
        #expect(image?["type"]?.text == "uri" && image?["modality"]?.text == "image")
        #expect(image?["mime_type"]?.text == "image/png" && image?["uri"]?.text == "https://example.com/a.png")
        let parts = messages[1]?["parts"]
        #expect(parts?[0]?["type"]?.text == "reasoning" && parts?[0]?["content"]?.text == "A map?")
        #expect(parts?[2]?["type"]?.text == "tool_call" && parts?[2]?["id"]?.text == "c1")
        #expect(parts?[2]?["arguments"]?["city"]?.text == "Oslo")
        #expect(parts?[3]?["arguments"]?["zone"]?.text == "UTC")
        let results = messages[2]?["parts"]
        #expect(results?[0]?["type"]?.text == "tool_call_response" && results?[0]?["response"]?.text == "4 °C")
        #expect(results?[1]?["id"]?.text == "c2")
        #expect(messages[3]?["parts"]?[0]?["file_id"]?.text == "f1")
    }

    @Test("A text remains one line of code, and can be read and replaced")
    func text() {
        var message = ModelCall.Message(role: "user", content: "Why?")
        #expect(message.content == "Why?")
        message.parts.append(.toolResult(id: nil, "x"))
        message.content = "Because."
        #expect(message.parts == [.text("Because."), .toolResult(id: nil, "x")])
    }

    // MARK: The response

    @Test("Each field of a response has the keys of both conventions, and no other")
    func responseFields() async throws {
        let span = try await answered(
            ModelResponse(
                id: "r-1",
                model: "gpt-4o-2024",
                choices: [.init(role: "assistant", content: "Because.")],
                finishReasons: ["stop"],
                inputTokens: 12,
                outputTokens: 30,
                cacheReadInputTokens: 8,
                cacheWriteInputTokens: 2,
                reasoningTokens: 20,
                cost: 0.25
            )
        )
        let expected: [String: AttributeValue] = [
            "honeyhive_outputs.role": "assistant",
            "honeyhive_outputs.content": "Because.",
            "honeyhive_outputs.finish_reason": "stop",
            "honeyhive_metadata.response_id": "r-1",
            "honeyhive_metadata.response_model": "gpt-4o-2024",
            "honeyhive_metadata.prompt_tokens": 12,
            "honeyhive_metadata.completion_tokens": 30,
            "honeyhive_metadata.total_tokens": 42,
            "honeyhive_metadata.cache_read_input_tokens": 8,
            "honeyhive_metadata.cache_write_input_tokens": 2,
            "honeyhive_metadata.reasoning_tokens": 20,
            "honeyhive_metadata.cost": 0.25,
            "honeyhive_metadata.system": "openai",
            "honeyhive_metadata.operation_name": "chat",
            "gen_ai.response.id": "r-1",
            "gen_ai.response.model": "gpt-4o-2024",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": 12,
            "gen_ai.usage.output_tokens": 30,
            "gen_ai.usage.cache_read.input_tokens": 8,
            "gen_ai.usage.cache_creation.input_tokens": 2,
            "gen_ai.usage.reasoning.output_tokens": 20,
            "gen_ai.output.messages": .string(
                #"[{"finish_reason":"stop","parts":[{"content":"Because.","type":"text"}],"role":"assistant"}]"#
            ),
        ]
        expect(span, expected)
        let written = keys(
            span,
            under: "honeyhive_outputs.",
            "honeyhive_metadata.",
            "honeyhive_metrics.",
            "gen_ai.response.",
            "gen_ai.usage.",
            "gen_ai.output."
        )
        #expect(written == Set(expected.keys))
    }

    @Test("An answer that is a tool call has it as a structure, and no content")
    func toolCall() async throws {
        let call = ModelCall.ToolCall(id: "c1", name: "weather", arguments: #"{"city":"Oslo"}"#)
        let span = try await answered(
            ModelResponse(
                choices: [.init(role: "assistant", parts: [.toolCall(call)])],
                finishReasons: ["tool_calls"]
            )
        )
        #expect(
            keys(span, under: "honeyhive_outputs.") == [
                "honeyhive_outputs.role", "honeyhive_outputs.finish_reason", "honeyhive_outputs.tool_calls.0.id",
                "honeyhive_outputs.tool_calls.0.type", "honeyhive_outputs.tool_calls.0.function.name",
                "honeyhive_outputs.tool_calls.0.function.arguments",
            ]
        )
        expect(
            span,
            [
                "honeyhive_outputs.role": "assistant", "honeyhive_outputs.finish_reason": "tool_calls",
                "honeyhive_outputs.tool_calls.0.function.arguments": #"{"city":"Oslo"}"#,
                "gen_ai.response.finish_reasons": ["tool_calls"],
            ]
        )
        let message = try json(span, "gen_ai.output.messages")[0]
        #expect(message?["finish_reason"]?.text == "tool_call")
        #expect(message?["parts"]?[0]?["arguments"]?["city"]?.text == "Oslo")
    }

    @Test(
        "Reasons have OpenTelemetry's names in the message, and the provider's elsewhere",
        arguments: [
            ("stop", "stop"), ("end_turn", "stop"), ("STOP", "stop"), ("length", "length"), ("max_tokens", "length"),
            ("MAX_TOKENS", "length"), ("tool_use", "tool_call"), ("function_call", "tool_call"),
            ("content_filter", "content_filter"), ("SAFETY", "content_filter"), ("pause", "pause"),
        ]
    )
    func reasons(reason: String, expected: String) async throws {
        let choice = ModelCall.Message(role: "assistant", content: "x")
        let span = try await answered(ModelResponse(choices: [choice], finishReasons: [reason]))
        #expect(try json(span, "gen_ai.output.messages")[0]?["finish_reason"]?.text == expected)
        #expect(span.attributes["honeyhive_outputs.finish_reason"] == .string(reason))
        #expect(span.attributes["gen_ai.response.finish_reasons"] == .array([.string(reason)]))
    }

    @Test("Several choices are all there, the first one as the answer")
    func choices() async throws {
        let span = try await answered(
            ModelResponse(
                choices: [.init(role: "assistant", content: "Because."), .init(role: "assistant", content: "So.")],
                finishReasons: ["stop", "length"]
            )
        )
        expect(
            span,
            [
                "honeyhive_outputs.content": "Because.", "honeyhive_outputs.finish_reason": "stop",
                "honeyhive_outputs.choices.0.content": "Because.", "honeyhive_outputs.choices.1.content": "So.",
                "honeyhive_outputs.choices.1.finish_reason": "length",
            ]
        )
        #expect(try json(span, "gen_ai.output.messages").elements?.count == 2)
    }

    @Test("A second answer leaves nothing of the first, and nothing else goes")
    func secondAnswer() async throws {
        let first = ModelResponse(
            id: "r-1",
            model: "m",
            choices: [
                .init(
                    role: "assistant",
                    parts: [.text("a"), .reasoning("b"), .toolCall(.init(id: "c", name: "d")), .image(uri: "e")]
                ), .init(role: "assistant", content: "f"),
            ],
            finishReasons: ["stop", "length"],
            inputTokens: 1,
            outputTokens: 2,
            cacheReadInputTokens: 3,
            cacheWriteInputTokens: 4,
            reasoningTokens: 5,
            cost: 6
        )
        await fixture.tracer.withModelCall(call(), eventName: "twice") { recorder in
            recorder.recordFirstToken()
            recorder.span.enrich(outputs: ["score": 1], metadata: ["mine": 2])
            recorder.record(first)
            recorder.record(ModelResponse(choices: [.init(role: "assistant", content: "z")], outputTokens: 9))
        }
        let twice = try fixture.spans.only("twice")
        #expect(
            keys(twice, under: "honeyhive_outputs.") == [
                "honeyhive_outputs.score", "honeyhive_outputs.role", "honeyhive_outputs.content",
            ]
        )
        #expect(
            keys(twice, under: "honeyhive_metadata.", "gen_ai.usage.", "gen_ai.response.", "gen_ai.output.") == [
                "honeyhive_metadata.mine", "honeyhive_metadata.system", "honeyhive_metadata.operation_name",
                "honeyhive_metadata.completion_tokens", "gen_ai.usage.output_tokens",
                "gen_ai.response.time_to_first_chunk", "gen_ai.output.messages",
            ]
        )
        #expect(try json(twice, "gen_ai.output.messages").elements?.count == 1)
    }

    @Test("An answer removes only what an earlier answer wrote, not what the handler did under the same names")
    func handlersFields() async throws {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
            recorder.span.enrich(outputs: ["content": "mine"], metadata: ["cost": 0.01])
            recorder.record(ModelResponse(inputTokens: 1, outputTokens: 2))
            recorder.record(ModelResponse(outputTokens: 3))
        }
        let span = try fixture.spans.only("ask")
        expect(
            span,
            [
                "honeyhive_outputs.content": "mine", "honeyhive_metadata.cost": 0.01,
                "honeyhive_metadata.completion_tokens": 3,
            ]
        )
        #expect(span.attributes["honeyhive_metadata.prompt_tokens"] == nil)
        #expect(span.attributes["gen_ai.usage.input_tokens"] == nil)
    }

    @Test("What the model did not say is not written")
    func emptyAnswer() async throws {
        let span = try await answered(ModelResponse(inputTokens: 1))
        let written = keys(
            span,
            under: "gen_ai.response",
            "gen_ai.usage",
            "gen_ai.output",
            "honeyhive_outputs",
            "honeyhive_metrics"
        )
        #expect(written == ["gen_ai.usage.input_tokens"])
        #expect(span.attributes["honeyhive_metadata.prompt_tokens"] == 1)
        #expect(span.attributes["honeyhive_metadata.total_tokens"] == nil)
    }

    @Test("Token counts that no sum can hold do no harm, and the provider's total is kept")
    func totals() async throws {
        let span = try await answered(ModelResponse(inputTokens: .max, outputTokens: 1))
        #expect(span.attributes["honeyhive_metadata.prompt_tokens"] == .int(.max))
        #expect(span.attributes["honeyhive_metadata.total_tokens"] == nil)
        await fixture.tracer.withModelCall(call(), eventName: "total") { recorder in
            recorder.record(ModelResponse(inputTokens: 1, outputTokens: 2, totalTokens: 7))
        }
        #expect(try fixture.spans.only("total").attributes["honeyhive_metadata.total_tokens"] == 7)
    }

    @Test("The time to the first token is told once, in HoneyHive's unit and in OpenTelemetry's")
    func firstToken() async throws {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
            fixture.clock.advance(nanoseconds: 2_500_000)
            recorder.recordFirstToken()
            fixture.clock.advance(nanoseconds: 1_000_000)
            recorder.recordFirstToken()
        }
        let span = try fixture.spans.only("ask")
        #expect(span.attributes["honeyhive_metrics.ttft_ms"] == 2.5)
        #expect(span.attributes["gen_ai.response.time_to_first_chunk"] == 0.0025)
    }

    @Test("A call that fails is recorded once and thrown on, with what came until then")
    func failure() async throws {
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
                recorder.record(ModelResponse(choices: [.init(role: "assistant", content: "It is")]))
                throw CancellationError()
            }
        }
        let span = try fixture.spans.only("ask")
        #expect(span.exceptions.count == 1)
        #expect(span.status == .error(message: "CancellationError: CancellationError()"))
        #expect(span.attributes["honeyhive_error"] == "CancellationError()")
        #expect(span.attributes["error.type"] == "CancellationError")
        #expect(span.attributes["honeyhive_outputs.content"] == "It is")
    }

    @Test("Secrets are masked in messages, tool calls and arguments, in each form")
    func redaction() async throws {
        let secret = ModelCall.ToolCall(id: "c", name: "login", arguments: ["user": "u", "password": "pw-1"])
        var call = call()
        call.messages.append(.init(role: "assistant", parts: [.toolCall(secret)]))
        await fixture.tracer.withModelCall(call, eventName: "ask") { recorder in
            recorder.record(ModelResponse(choices: [.init(role: "assistant", parts: [.toolCall(secret)])]))
        }
        _ = await fixture.tracer.withToolCall(secret, eventName: "tool") { _ in
            ["password": AttributeValue("pw-1"), "ok": true] as AttributeValue
        }
        for name in ["ask", "tool"] {
            let texts = try fixture.spans.only(name).attributes.entries.filter { $0.key.hasPrefix("gen_ai.") }
            #expect(!texts.contains { String(describing: $0.value).contains("pw-1") }, "\(name)")
        }
        #expect(try fixture.spans.only("tool").attributes["honeyhive_inputs.password"] == "[redacted]")
    }

    // MARK: Sizes

    @Test("A long conversation is valid JSON within the limit of a value, and leaves room for the answer")
    func longConversation() async throws {
        var call = call()
        let text = String(repeating: "\"", count: 500)
        call.messages = (0..<2_000).map { .init(role: "user", content: "\($0) \(text)") }
        await fixture.tracer.withModelCall(call, eventName: "ask") { recorder in
            recorder.record(ModelResponse(choices: [.init(role: "assistant", content: "Yes.")], inputTokens: 3))
        }
        let span = try fixture.spans.only("ask")
        #expect(span.attributes.droppedCount > 0)
        #expect(span.attributes["honeyhive_outputs.content"] == "Yes.")
        #expect(span.attributes["gen_ai.usage.input_tokens"] == 3)
        guard case .string(let text) = span.attributes["gen_ai.input.messages"] else {
            Issue.record("no messages")
            return
        }
        #expect(text.utf8.count <= TracingLimits.defaultValueBytes)
        let last = try #require(try json(span, "gen_ai.input.messages").elements?.last)
        #expect(last["parts"]?[0]?["content"]?.text?.hasPrefix("1999 ") == true, "the newest messages are kept")
    }

    @Test("A message of many short values that is too long alone is cut and marked")
    func longMessage() async throws {
        let many = AttributeValue.array((0..<100_000).map { .int($0) })
        let reply = ModelCall.Message(
            role: "assistant",
            parts: [.toolCall(.init(id: "c1", name: "sum", arguments: ["numbers": many]))]
        )
        let span = try await answered(ModelResponse(choices: [reply]))
        guard case .string(let text) = span.attributes["gen_ai.output.messages"] else {
            Issue.record("no messages")
            return
        }
        #expect(text.utf8.count <= TracingLimits.defaultValueBytes)
        let message = try #require(try json(span, "gen_ai.output.messages").elements?.last)
        #expect(message["parts"]?[0]?["arguments"]?["numbers"]?[0] == 0)
        #expect(span.attributes["honeyhive_metadata.truncated"] == true)
    }

    // MARK: Tools and agents

    @Test("A tool's span has its parameters and its result in both forms")
    func tool() async throws {
        let call = ModelCall.ToolCall(id: "c1", name: "weather", arguments: #"{"city": "Oslo", "days": 2}"#)
        let result = await fixture.tracer.withToolCall(call, description: "Tells the weather.") { _ in "4 °C" }
        #expect(result == "4 °C")
        let span = try fixture.spans.only("execute_tool weather")
        #expect(span.kind == .internal)
        expect(
            span,
            [
                "honeyhive_event_type": "tool", "honeyhive_inputs.city": "Oslo", "honeyhive_inputs.days": 2,
                "honeyhive_outputs.message": "4 °C", "honeyhive_config.tool_name": "weather",
                "honeyhive_config.tool_description": "Tells the weather.", "honeyhive_config.tool_type": "function",
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather",
                "gen_ai.tool.type": "function", "gen_ai.tool.description": "Tells the weather.",
                "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": #"{"city":"Oslo","days":2}"#,
                "gen_ai.tool.call.result": "4 °C",
            ]
        )
    }

    @Test("A tool's structured result is a structure, its arguments in another form are one input")
    func structuredTool() async throws {
        struct Weather: Encodable, Sendable {
            let celsius: Int
        }
        _ = await fixture.tracer.withToolCall(.init(name: "weather", arguments: "Oslo"), eventName: "a") { _ in
            Weather(celsius: 4)
        }
        let span = try fixture.spans.only("a")
        #expect(span.attributes["honeyhive_inputs.arguments"] == "Oslo")
        #expect(span.attributes["honeyhive_outputs.message.celsius"] == 4)
        #expect(span.attributes["gen_ai.tool.call.result"] == #"{"celsius":4}"#)
        #expect(span.attributes["gen_ai.tool.call.id"] == nil)
    }

    @Test("An agent's span is a chain around its model calls and tools, with its conversation")
    func agent() async throws {
        let messages = [ModelCall.Message(role: "user", content: "Weather?")]
        await fixture.tracer.withAgent("planner", id: "a1", provider: "openai", messages: messages) { _ in
            await fixture.tracer.withModelCall(call()) { _ in }
            _ = await fixture.tracer.withToolCall(.init(name: "weather")) { _ in "4 °C" }
        }
        let span = try fixture.spans.only("invoke_agent planner")
        #expect(span.kind == .internal)
        #expect(span.parentSpanID == fixture.root.id)
        for name in ["chat gpt-4o", "execute_tool weather"] {
            #expect(try fixture.spans.only(name).parentSpanID == span.spanID)
        }
        expect(
            span,
            [
                "honeyhive_event_type": "chain", "honeyhive_inputs.chat_history.0.content": "Weather?",
                "honeyhive_config.agent_name": "planner", "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": "planner", "gen_ai.agent.id": "a1", "gen_ai.provider.name": "openai",
                "gen_ai.conversation.id": "12345678-1234-1234-1234-123456789abc",
            ]
        )
    }

    @Test("A tool or an agent that fails is recorded once and thrown on")
    func failingSteps() async throws {
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.withAgent("planner") { _ in
                _ = try await fixture.tracer.withToolCall(.init(name: "t")) { _ -> String in throw CancellationError() }
            }
        }
        #expect(try fixture.spans.only("execute_tool t").exceptions.count == 1)
        #expect(try fixture.spans.only("invoke_agent planner").exceptions.isEmpty)
        #expect(try fixture.spans.only("invoke_agent planner").attributes["honeyhive_error"] == "CancellationError()")
    }

    @Test("HoneyHive's server finds the type that the span has, whichever attributes it looks at first")
    func serverType() async throws {
        await fixture.tracer.withAgent("planner", messages: [.init(role: "user", content: "?")]) { _ in
            await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
                recorder.record(ModelResponse(choices: [.init(role: "assistant", content: "x")]))
            }
            _ = await fixture.tracer.withToolCall(.init(name: "t")) { _ in "x" }
        }
        fixture.tracer.endRootSpan()
        for span in fixture.spans.all {
            #expect(.string(Self.typeOnServer(span)) == span.attributes["honeyhive_event_type"], "\(span.name)")
        }
    }

    /// The server's order of attributes, as far as it is known.
    private static func typeOnServer(_ span: SpanRecord) -> String {
        let keys = span.attributes.entries.map(\.key)
        switch span.attributes["gen_ai.operation.name"] {
        case "chat", "text_completion", "generate_content", "embeddings": return "model"
        case "invoke_agent", "create_agent", "invoke_workflow": return "chain"
        case "execute_tool", "retrieval": return "tool"
        default: break
        }
        let isModel = keys.contains { key in
            ["llm.request.type", "gen_ai.request.model", "input.value", "output.value"].contains(key)
                || ["llm.input_messages", "gen_ai.prompt", "gen_ai.completion"].contains { key.hasPrefix($0) }
        }
        if keys.contains("gen_ai.agent.name"), !keys.contains("gen_ai.request.model") { return "chain" }
        if isModel { return "model" }
        guard case .string(let type) = span.attributes["honeyhive_event_type"] else { return "tool" }
        return type
    }
}
