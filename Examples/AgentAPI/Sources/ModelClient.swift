import TracedLambda

/// Something that answers a conversation: an endpoint, or a test's stand-in.
protocol ModelClient: Sendable {
    /// The model's name.
    var name: String { get }

    /// The model's next turn, piece by piece.
    ///
    /// - Parameters:
    ///   - messages: The conversation so far.
    ///   - tools: What the model may call, as the API wants it.
    ///   - headers: Go out with the request.
    ///   - timeout: The longest that the turn may take.
    /// - Returns: The pieces; an ``AgentError`` ends them early.
    func turn(
        _ messages: [ChatMessage],
        tools: AttributeValue,
        headers: [String: String],
        timeout: Duration
    ) -> AsyncThrowingStream<ChatChunk, any Error>
}
