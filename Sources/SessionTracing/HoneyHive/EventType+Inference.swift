extension EventType {
    /// Substrings of a span's name that indicate a model call.
    private static let modelWords = WordMatcher([
        "llm", "model", "gpt", "claude", "llama", "gemini", "mistral", "palm", "chat", "completion", "generate",
        "inference", "openai", "anthropic", "bedrock", "google",
    ])

    /// Infers the type of a span without an explicit one: from the attributes of the GenAI and OpenInference
    /// conventions, then from its name.
    package static func inferred(name: String, attributes: AttributeList) -> EventType {
        if case .string(let operation) = attributes["gen_ai.operation.name"] {
            switch operation {
            case "chat", "text_completion", "generate_content", "embeddings": return .model
            case "invoke_agent", "create_agent", "invoke_workflow": return .chain
            case "execute_tool", "retrieval": return .tool
            default: break
            }
        }
        if case .string(let kind) = attributes["openinference.span.kind"] {
            switch kind.uppercased() {
            case "LLM": return .model
            case "CHAIN", "AGENT": return .chain
            default: return .tool
            }
        }
        guard modelWords.mayOccur(in: name) else { return .tool }
        return name.withLowercasedASCII { modelWords.isAny(in: $0) } ? .model : .tool
    }
}
