import SessionTracing
import Testing

@Suite("The event type of a span that was not given one")
struct EventTypeTests {
    private func inferred(_ name: String, _ attributes: [String: AttributeValue] = [:]) -> EventType {
        var list = AttributeList()
        for (key, value) in attributes { list.set(key, to: value) }
        return .inferred(name: name, attributes: list)
    }

    @Test(
        "GenAI's operation decides first",
        arguments: [
            ("chat", .model), ("text_completion", .model), ("generate_content", .model), ("embeddings", .model),
            ("invoke_agent", .chain), ("create_agent", .chain), ("invoke_workflow", .chain), ("execute_tool", .tool),
            ("retrieval", .tool),
        ] as [(String, EventType)]
    )
    func operation(name: String, expected: EventType) {
        #expect(inferred("step", ["gen_ai.operation.name": .string(name)]) == expected)
        // OpenInference's kind and the name have lower precedence.
        let other = expected == .model ? "TOOL" : "LLM"
        #expect(
            inferred("llm", ["gen_ai.operation.name": .string(name), "openinference.span.kind": .string(other)])
                == expected
        )
    }

    @Test("An operation that is not known leaves it to the next", arguments: ["", "CHAT", "chats", "dance"])
    func unknownOperation(name: String) {
        let attributes: [String: AttributeValue] = ["gen_ai.operation.name": .string(name)]
        #expect(inferred("step", attributes) == .tool)
        #expect(inferred("my llm", attributes) == .model)
        #expect(inferred("step", attributes.merging(["openinference.span.kind": "AGENT"]) { $1 }) == .chain)
    }

    @Test(
        "Then OpenInference's kind",
        arguments: [
            ("LLM", .model), ("CHAIN", .chain), ("AGENT", .chain), ("TOOL", .tool), ("RETRIEVER", .tool),
            ("EMBEDDING", .tool), ("GUARDRAIL", .tool),
        ] as [(String, EventType)]
    )
    func openInference(kind: String, expected: EventType) {
        #expect(inferred("step", ["openinference.span.kind": .string(kind)]) == expected)
        #expect(inferred("gpt", ["openinference.span.kind": .string(kind)]) == expected)
    }

    @Test(
        "Then the name, by the words that tell a model",
        arguments: [
            "llm", "model", "gpt", "claude", "llama", "gemini", "mistral", "palm", "chat", "completion", "generate",
            "inference", "openai", "anthropic", "bedrock", "google",
        ]
    )
    func modelWords(word: String) {
        #expect(inferred(word) == .model)
        #expect(inferred("call_\(word)_2") == .model)
        #expect(inferred(word.uppercased()) == .model)
        #expect(inferred(String(word.dropLast())) == .tool)
    }

    @Test("Else it is a tool", arguments: ["", "retrieve", "search documents", "g p t", "POST"])
    func otherNames(name: String) {
        #expect(inferred(name) == .tool)
    }

    @Test("Attributes that are not text decide nothing")
    func otherTypes() {
        #expect(inferred("step", ["gen_ai.operation.name": 1, "openinference.span.kind": ["LLM"]]) == .tool)
    }

    // MARK: Spans

    @Test("A given type is written, whatever the name", arguments: [EventType.model, .tool, .chain, .session])
    func explicit(type: EventType) async throws {
        let span = try await TracerFixture().record("gpt", type: type) {
            $0.setAttribute("gen_ai.operation.name", to: "chat")
        }
        #expect(span.attributes["honeyhive_event_type"] == .string(type.rawValue))
    }

    @Test("Attributes that come late still decide")
    func late() async throws {
        let span = try await TracerFixture().record { $0.setAttribute("gen_ai.operation.name", to: "chat") }
        #expect(span.attributes["honeyhive_event_type"] == "model")
    }

    @Test("An invocation's root span is a chain")
    func root() throws {
        let fixture = try TracerFixture()
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("root").attributes["honeyhive_event_type"] == "chain")
    }
}
