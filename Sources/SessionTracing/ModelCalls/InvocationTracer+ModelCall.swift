extension InvocationTracer {
    /// Runs a call of a language model inside a span that follows both HoneyHive's and OpenTelemetry's GenAI
    /// conventions.
    ///
    /// ```swift
    /// let call = ModelCall(.chat, provider: "openai", model: "gpt-4o", messages: messages)
    /// let answer = try await context.tracer.withModelCall(call) { recorder in
    ///     let reply = try await client.complete(messages)
    ///     let message = ModelCall.Message(role: "assistant", content: reply.text)
    ///     recorder.record(ModelResponse(choices: [message], outputTokens: reply.tokens))
    ///     return reply.text
    /// }
    /// ```
    ///
    /// The body makes the call with a client of your choice; this function sends nothing to the model.
    ///
    /// - Parameters:
    ///   - call: The request to the model.
    ///   - eventName: The span's name; by default the operation and the model, as in `chat gpt-4o`.
    ///   - body: Makes the call and records the response.
    /// - Returns: The body's result.
    /// - Throws: The body's error, after it has been recorded on the span.
    public nonisolated(nonsending) func withModelCall<Result>(
        _ call: ModelCall,
        eventName: String? = nil,
        _ body: nonisolated(nonsending) (ModelCallRecorder) async throws -> Result
    ) async rethrows -> Result {
        var config = call.settings
        config["provider"] = .string(call.provider)
        config["model"] = .string(call.model)
        return try await enrichSpanContext(
            eventName: eventName ?? "\(call.operation.rawValue) \(call.model)",
            type: .model,
            inputs: [call.operation == .chat ? "chat_history" : "inputs": .array(call.messages.map(\.attributeValue))],
            config: config
        ) { span in
            span.setAttribute("gen_ai.operation.name", to: .string(call.operation.rawValue))
            span.setAttribute("gen_ai.provider.name", to: .string(call.provider))
            span.setAttribute("gen_ai.request.model", to: .string(call.model))
            span.setAttribute("gen_ai.conversation.id", to: .string(span.tracer.session.id.description))
            return try await body(ModelCallRecorder(span: span, startUnixNanoseconds: span.tracer.now()))
        }
    }
}
