/// The kind of a span, in HoneyHive's words.
package enum EventKind: String, Sendable, CaseIterable {
    /// A call of a model.
    case model
    /// A tool, a retrieval, or any other single step.
    case tool
    /// A step that consists of others: an agent, a workflow, a request.
    case chain
    /// The session itself.
    case session
}

extension EventKind {
    /// Reads the word of any dialect, in any case; `nil` for an unknown or meaningless one.
    init?(word: String) {
        switch word.lowercased() {
        case "model", "llm", "chat_model", "generation", "chat", "text_completion", "generate_content", "embeddings",
            "embedding", "completion":
            self = .model
        case "tool", "execute_tool", "retriever", "retrieval", "reranker", "rerank", "guardrail", "evaluator", "parser":
            self = .tool
        case "chain", "agent", "prompt", "invoke_agent", "create_agent", "invoke_workflow", "plan", "workflow", "task":
            self = .chain
        case "session": self = .session
        default: return nil
        }
    }

    private static let wordNames = [
        "honeyhive_event_type", "langfuse.observation.type", "openinference.span.kind", "gen_ai.operation.name",
    ]
    private static let laterWordNames = [
        "traceloop.span.kind", "llm.request.type", "langsmith.span.kind", "mlflow.spanType",
    ]
    private static let toolNames = ["gen_ai.tool.name", "gen_ai.tool.call.id", "tool.name", "ai.toolCall.name"]
    private static let modelNames = ["gen_ai.request.model", "gen_ai.response.model", "llm.model_name"]
    private static let modelPrefixes = [
        "gen_ai.prompt", "gen_ai.completion", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.usage.",
        "llm.input_messages.", "llm.output_messages.", "llm.token_count.",
    ]

    /// Decides the kind from the attributes; the first that says it wins.
    init(_ values: SpanValues, spanKind: TraceSpan.Kind) {
        func kind(_ names: [String]) -> EventKind? {
            names.lazy.compactMap { values[$0]?.string.flatMap(EventKind.init(word:)) }.first
        }
        if let kind = kind(Self.wordNames) ?? Self.vercel(values["ai.operationId"]?.string) ?? kind(Self.laterWordNames)
        {
            self = kind
        } else if values.hasAny(Self.toolNames) {
            self = .tool
        } else if values.hasAny(Self.modelNames) || Self.modelPrefixes.contains(where: values.has(prefix:)) {
            self = .model
        } else {
            self = spanKind == .server || spanKind == .consumer ? .chain : .tool
        }
    }

    private static func vercel(_ operation: String?) -> EventKind? {
        guard let operation, operation.hasPrefix("ai.") else { return nil }
        if operation.hasPrefix("ai.toolCall") { return .tool }
        return operation.contains(".do") ? .model : .chain
    }
}
