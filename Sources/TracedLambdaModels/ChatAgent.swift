public import TracedLambda

/// A model with tools: it asks the model, runs the tools that it calls, sends it their results, and repeats until it
/// answers.
///
/// ```swift
/// let agent = ChatAgent("assistant", model: model, instructions: "Answer briefly.", tools: [clock, weather])
/// let reply = try await agent.answer("How cold is it in Oslo?", context: context)
/// ```
///
/// The whole is a span of type `chain` with a span for each call of the model and of a tool.
public struct ChatAgent: Sendable {
    /// The name in the trace.
    public let name: String
    /// The model.
    public var model: ChatModel
    /// The first message of each conversation; nil for none.
    public var instructions: String?
    /// The tools that the model may call.
    public var tools: [ChatTool]
    /// The maximum number of the model's turns.
    public var maximumTurnCount: Int
    /// The maximum number of tool calls in one turn.
    public var maximumToolCallCount: Int

    /// Creates an agent.
    ///
    /// - Parameters:
    ///   - name: The name in the trace.
    ///   - model: The model.
    ///   - instructions: The first message of each conversation; nil for none.
    ///   - tools: The tools that the model may call; an error of one is a text for the model.
    ///   - maximumTurnCount: The maximum number of the model's turns, of which the last one must be an answer.
    ///   - maximumToolCallCount: The maximum number of tool calls in one turn.
    public init(
        _ name: String,
        model: ChatModel,
        instructions: String? = nil,
        tools: [ChatTool],
        maximumTurnCount: Int = 6,
        maximumToolCallCount: Int = 8
    ) {
        self.name = name
        self.model = model
        self.instructions = instructions
        self.tools = tools
        self.maximumTurnCount = maximumTurnCount
        self.maximumToolCallCount = maximumToolCallCount
    }

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - question: The user's question.
    ///   - context: The invocation.
    /// - Returns: The last turn of the model, which calls no tool.
    /// - Throws: ``ModelError``, with ``ModelError/Code/tooManyTurns`` if the model comes to no answer;
    ///   `CancellationError` if the task is cancelled.
    public nonisolated(nonsending) func answer(
        _ question: String,
        context: InvocationContext
    ) async throws -> ChatReply {
        try await answer([.user(question)], context: context) { messages in
            try await model.reply(to: messages, tools: tools, context: context)
        } report: { _ in
        }
    }

    /// Answers a question, and reports each step as it happens.
    ///
    /// ```swift
    /// let reply = try await agent.answer([.user(question)], context: context) { piece in
    ///     if case .text(let text) = piece { try await response.write(text) }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - messages: The conversation, which ends with the user's question.
    ///   - context: The invocation.
    ///   - report: Receives each piece of the model's text and reasoning, each tool call and each result. An error ends
    ///     the run.
    /// - Returns: The last turn of the model, which calls no tool.
    /// - Throws: ``ModelError``, with ``ModelError/Code/tooManyTurns`` if the model comes to no answer; the error of
    ///   `report`; `CancellationError` if the task is cancelled.
    public nonisolated(nonsending) func answer(
        _ messages: [ModelCall.Message],
        context: InvocationContext,
        report: nonisolated(nonsending) (ChatPiece) async throws -> Void
    ) async throws -> ChatReply {
        try await answer(messages, context: context) { messages in
            try await model.stream(messages, tools: tools, context: context, report)
        } report: { piece in
            try await report(piece)
        }
    }

    nonisolated(nonsending) private func answer(
        _ question: [ModelCall.Message],
        context: InvocationContext,
        ask: nonisolated(nonsending) ([ModelCall.Message]) async throws -> ChatReply,
        report: nonisolated(nonsending) (ChatPiece) async throws -> Void
    ) async throws -> ChatReply {
        var messages = (instructions.map { [.system($0)] } ?? []) + question
        return try await context.tracer.withAgent(name, provider: model.provider, messages: messages) { span in
            for _ in 0..<maximumTurnCount {
                let reply = try await ask(messages)
                let calls = reply.toolCalls
                guard !calls.isEmpty else {
                    span.enrich(outputs: ["answer": .string(reply.text)])
                    return reply
                }
                guard calls.count <= maximumToolCallCount else {
                    throw ModelError(.tooManyTurns, "it called over \(maximumToolCallCount) tools at once")
                }
                messages.append(reply.message)
                for call in calls {
                    let result = try await run(call, context)
                    messages.append(.toolResult(.string(result), of: call))
                    try await report(.toolResult(call, result))
                }
            }
            throw ModelError(.tooManyTurns, "it called tools in each of \(maximumTurnCount) turns")
        }
    }

    /// Runs a tool.
    ///
    /// If it fails, its span is marked as failed and the model receives the error, so that it can try another way.
    nonisolated(nonsending) private func run(
        _ call: ModelCall.ToolCall,
        _ context: InvocationContext
    ) async throws -> String {
        let tool = tools.first { $0.name == call.name }
        do {
            let result = try await context.tracer.withToolCall(call, description: tool?.description) { _ in
                guard let tool else { throw ToolError.unknownTool(known: tools.map(\.name)) }
                return try await tool.run(call.argumentText)
            }
            return result.text
        } catch let error as CancellationError {
            throw error
        } catch {
            return "error: \(error)"
        }
    }
}
