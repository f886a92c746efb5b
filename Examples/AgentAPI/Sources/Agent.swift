import TracedLambda

/// Asks the model, runs the tools that it calls, sends it their results, and repeats until it answers.
struct Agent {
    /// The maximum number of turns of the model.
    static let maximumTurnCount = 6
    /// The part of the invocation's time that is reserved for a response if the model takes too long, in milliseconds.
    static let answerMarginMilliseconds = 1_000

    private static let name = "assistant"
    private static let instructions = "Answer in a few sentences. Use the tools for sums and for the time."

    let model: any ModelClient
    let context: InvocationContext
    var tools = Toolbox()

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - question: The user's question.
    ///   - report: Receives each piece of text and each tool's result as it arrives.
    /// - Returns: The answer.
    /// - Throws: ``AgentError``, and the error of `report`.
    func answer(_ question: String, report: (AgentStep) async throws -> Void) async throws -> String {
        var messages = [
            ChatMessage(role: "system", content: Self.instructions), ChatMessage(role: "user", content: question),
        ]
        return try await context.tracer.withAgent(Self.name, messages: messages.map(\.recorded)) { span in
            for _ in 0..<Self.maximumTurnCount {
                let turn = try await ask(messages, report)
                guard !turn.toolCalls.isEmpty else {
                    span.enrich(outputs: ["answer": .string(turn.text)])
                    return turn.text
                }
                messages.append(ChatMessage(role: "assistant", content: turn.text, toolCalls: turn.toolCalls))
                for call in turn.toolCalls {
                    let result = await run(call)
                    messages.append(ChatMessage(role: "tool", content: result, toolCallID: call.id))
                    try await report(.tool(call, result: result))
                }
            }
            throw AgentError(status: 502, "the model came to no answer in \(Self.maximumTurnCount) turns")
        }
    }

    private func ask(
        _ messages: [ChatMessage],
        _ report: (AgentStep) async throws -> Void
    ) async throws -> ModelTurn {
        let call = ModelCall(
            .chat,
            provider: "openai",
            model: model.name,
            messages: messages.map(\.recorded),
            settings: ["stream": true],
            tools: Toolbox.offered
        )
        return try await context.tracer.withModelCall(call) { recorder in
            // The model's server, or a gateway in front of it, can continue this trace.
            var headers: [String: String] = [:]
            context.tracer.injectContext(into: &headers)
            var turn = ModelTurn()
            // Record an incomplete answer as well.
            defer { recorder.record(turn.response) }
            let timeout = context.remainingTime - .milliseconds(Self.answerMarginMilliseconds)
            let chunks = model.turn(messages, tools: Toolbox.definitions, headers: headers, timeout: timeout)
            for try await chunk in chunks {
                let piece = try turn.add(chunk)
                if turn.hasBegun { recorder.recordFirstToken() }
                if !piece.isEmpty { try await report(.text(piece)) }
            }
            guard turn.finishReason != nil else { throw AgentError(status: 502, "the model's answer broke off") }
            return turn
        }
    }

    /// Runs a tool.
    ///
    /// If it fails, its span is marked as failed and the model receives the error, so that it can try another way.
    private func run(_ call: ToolCall) async -> String {
        do {
            return try await context.tracer.withToolCall(call.recorded) { _ in
                try tools.run(call.function.name, arguments: call.function.arguments)
            }
        } catch {
            return "error: \(error)"
        }
    }
}
