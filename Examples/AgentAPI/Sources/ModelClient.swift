import TracedLambda

/// A client of a chat model: an endpoint, or a fake in tests.
protocol ModelClient: Sendable {
    /// The model's name.
    var name: String { get }

    /// Requests the model's next turn.
    ///
    /// - Parameters:
    ///   - messages: The conversation so far.
    ///   - tools: The tools that the model may call, in the API's format.
    ///   - headers: Additional headers of the request.
    ///   - timeout: The maximum time of the turn.
    /// - Returns: The chunks of the turn; ends early with an ``AgentError``.
    func turn(
        _ messages: [ChatMessage],
        tools: AttributeValue,
        headers: [String: String],
        timeout: Duration
    ) -> AsyncThrowingStream<ChatChunk, any Error>
}
