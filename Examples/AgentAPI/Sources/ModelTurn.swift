import TracedLambda

/// The model's turn, assembled from its chunks.
struct ModelTurn {
    /// The maximum number of tool calls in a turn.
    static let maximumToolCallCount = 8

    private(set) var text = ""
    private(set) var toolCalls: [ToolCall] = []
    private(set) var finishReason: String?
    private var id: String?
    private var model: String?
    private var usage: ChatChunk.Usage?

    /// True if the first token has arrived.
    var hasBegun: Bool { !text.isEmpty || !toolCalls.isEmpty }

    /// The turn for the trace.
    var response: ModelResponse {
        let message = ChatMessage(role: "assistant", content: text, toolCalls: toolCalls)
        return ModelResponse(
            id: id,
            model: model,
            choices: hasBegun ? [message.recorded] : [],
            finishReasons: finishReason.map { [$0] } ?? [],
            inputTokens: usage?.promptTokens,
            outputTokens: usage?.completionTokens
        )
    }

    /// Adds a chunk.
    ///
    /// - Parameter chunk: The next chunk.
    /// - Returns: The chunk's text; empty if it has none.
    /// - Throws: ``AgentError`` if the model calls too many tools at once.
    mutating func add(_ chunk: ChatChunk) throws(AgentError) -> String {
        id = chunk.id ?? id
        model = chunk.model ?? model
        usage = chunk.usage ?? usage
        guard let choice = chunk.choices?.first else { return "" }
        finishReason = choice.finishReason ?? finishReason
        for part in choice.delta?.toolCalls ?? [] { try add(part) }
        let piece = choice.delta?.content ?? ""
        text += piece
        return piece
    }

    private mutating func add(_ part: ChatChunk.CallPart) throws(AgentError) {
        guard (0...toolCalls.count).contains(part.index), part.index < Self.maximumToolCallCount else {
            throw AgentError(status: 502, "the model called over \(Self.maximumToolCallCount) tools, or out of order")
        }
        if part.index == toolCalls.count { toolCalls.append(ToolCall()) }
        if let id = part.id { toolCalls[part.index].id = id }
        toolCalls[part.index].function.name += part.function?.name ?? ""
        toolCalls[part.index].function.arguments += part.function?.arguments ?? ""
    }
}
