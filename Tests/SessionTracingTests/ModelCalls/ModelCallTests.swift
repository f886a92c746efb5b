import SessionTracing
import Testing

/// HoneyHive's fields, and https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/.
@Suite("Calls of a language model")
struct ModelCallTests {
    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    private func call(_ operation: ModelCall.Operation = .chat) -> ModelCall {
        ModelCall(
            operation,
            provider: "openai",
            model: "gpt-4o",
            messages: [.init(role: "system", content: "Be brief."), .init(role: "user", content: "Why?")],
            settings: ["temperature": 0.5, "max_tokens": 100]
        )
    }

    private func expect(_ span: SpanRecord, _ expected: [String: AttributeValue]) {
        for (key, value) in expected { #expect(span.attributes[key] == value, "\(key)") }
    }

    @Test("What is asked stands on the span under HoneyHive's names and OpenTelemetry's")
    func question() async throws {
        let value = await fixture.tracer.withModelCall(call()) { _ in 42 }
        #expect(value == 42)
        let span = try fixture.spans.only("chat gpt-4o")
        #expect(span.parentSpanID == fixture.root.id)
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
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.conversation.id": "12345678-1234-1234-1234-123456789abc",
            ]
        )
    }

    @Test(
        "Each operation has OpenTelemetry's name, and a name can be given",
        arguments: [
            (.chat, "chat", "chat_history"), (.textCompletion, "text_completion", "inputs"),
            (.embeddings, "embeddings", "inputs"),
        ] as [(ModelCall.Operation, AttributeValue, String)]
    )
    func operations(operation: ModelCall.Operation, name: AttributeValue, input: String) async throws {
        await fixture.tracer.withModelCall(call(operation), eventName: "ask") { _ in }
        let span = try fixture.spans.only("ask")
        #expect(span.attributes["gen_ai.operation.name"] == name)
        #expect(span.attributes["honeyhive_inputs.\(input).1.content"] == "Why?")
        #expect(span.attributes["honeyhive_event_type"] == "model")
    }

    @Test("What comes back stands there, too: choices, reasons and tokens")
    func answer() async throws {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
            recorder.record(
                ModelResponse(
                    id: "r-1",
                    model: "gpt-4o-2024",
                    choices: [.init(role: "assistant", content: "Because."), .init(role: "assistant", content: "So.")],
                    finishReasons: ["stop", "length"],
                    inputTokens: 12,
                    outputTokens: 30
                )
            )
        }
        let span = try fixture.spans.only("ask")
        expect(
            span,
            [
                "honeyhive_outputs.choices.0.message.role": "assistant",
                "honeyhive_outputs.choices.0.message.content": "Because.",
                "honeyhive_outputs.choices.0.finish_reason": "stop",
                "honeyhive_outputs.choices.1.message.content": "So.",
                "honeyhive_outputs.choices.1.finish_reason": "length",
                "honeyhive_metrics.prompt_tokens": 12,
                "honeyhive_metrics.completion_tokens": 30,
                "honeyhive_metrics.total_tokens": 42,
                "gen_ai.response.id": "r-1",
                "gen_ai.response.model": "gpt-4o-2024",
                "gen_ai.response.finish_reasons": ["stop", "length"],
                "gen_ai.usage.input_tokens": 12,
                "gen_ai.usage.output_tokens": 30,
            ]
        )
    }

    @Test("What the model did not say is not written")
    func emptyAnswer() async throws {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { $0.record(ModelResponse(inputTokens: 1)) }
        let keys = try fixture.spans.only("ask").attributes.entries.map(\.key)
        let written = keys.filter { key in
            ["gen_ai.response", "gen_ai.usage", "honeyhive_outputs", "honeyhive_metrics"].contains { key.hasPrefix($0) }
        }
        #expect(Set(written) == ["gen_ai.usage.input_tokens", "honeyhive_metrics.prompt_tokens"])
    }

    @Test("Token counts that no sum can hold do no harm")
    func hugeCounts() async throws {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
            recorder.record(ModelResponse(inputTokens: .max, outputTokens: 1))
        }
        let attributes = try fixture.spans.only("ask").attributes
        #expect(attributes["honeyhive_metrics.prompt_tokens"] == .int(.max))
        #expect(attributes["honeyhive_metrics.total_tokens"] == nil)
    }

    @Test("The time to the first token is told in milliseconds, once")
    func firstToken() async throws {
        await fixture.tracer.withModelCall(call(), eventName: "ask") { recorder in
            fixture.clock.advance(nanoseconds: 2_500_000)
            recorder.recordFirstToken()
            fixture.clock.advance(nanoseconds: 1_000_000)
            recorder.recordFirstToken()
        }
        #expect(try fixture.spans.only("ask").attributes["honeyhive_metrics.time_to_first_token_ms"] == 2.5)
    }

    @Test("A call that fails is recorded once and thrown on")
    func failure() async throws {
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.withModelCall(call(), eventName: "ask") { _ in throw CancellationError() }
        }
        #expect(try fixture.spans.only("ask").exceptions.count == 1)
    }
}
