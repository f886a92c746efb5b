internal import Tracing

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
        let span = startStep(
            eventName ?? "\(call.operation.rawValue) \(call.model)",
            type: .model,
            kind: .client,
            HoneyHiveFields(
                metadata: ["system": .string(call.provider), "operation_name": .string(call.operation.rawValue)],
                config: config
            )
        )
        span.describe(call)
        return try await run(span) { span in
            try await body(ModelCallRecorder(span: span, startUnixNanoseconds: span.startUnixNanoseconds))
        }
    }

    /// Runs a tool that a model has called, inside a span of type `tool` that follows both conventions.
    ///
    /// ```swift
    /// let call = ModelCall.ToolCall(id: "c1", name: "weather", arguments: .string(#"{"city": "Oslo"}"#))
    /// let result = try await context.tracer.withToolCall(call) { _ in
    ///     try await weather(in: "Oslo")
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - call: The model's call. Its arguments become the span's inputs, one by one if they are a JSON object.
    ///   - description: The purpose of the tool.
    ///   - eventName: The span's name; by default `execute_tool` and the tool's name.
    ///   - body: Runs the tool. Its result becomes the span's output.
    /// - Returns: The body's result.
    /// - Throws: The body's error, after it has been recorded on the span.
    public nonisolated(nonsending) func withToolCall<Result: Encodable>(
        _ call: ModelCall.ToolCall,
        description: String? = nil,
        eventName: String? = nil,
        _ body: nonisolated(nonsending) (TracedSpan) async throws -> Result
    ) async rethrows -> Result {
        var inputs: [String: AttributeValue] = ["arguments": call.arguments]
        if case .dictionary(let members) = call.parsedArguments { inputs = members }
        let span = startStep(
            eventName ?? "execute_tool \(call.name)",
            type: .tool,
            HoneyHiveFields(
                inputs: inputs,
                config: [
                    "tool_name": .string(call.name), "tool_type": "function", "tool_description": .text(description),
                ]
            )
        )
        span.setAttribute("gen_ai.operation.name", to: "execute_tool")
        span.setAttribute("gen_ai.tool.name", to: .string(call.name))
        span.setAttribute("gen_ai.tool.type", to: "function")
        span.set("gen_ai.tool.description", description)
        span.set("gen_ai.tool.call.id", call.id)
        span.setText("gen_ai.tool.call.arguments", call.parsedArguments)
        return try await run(span) { span in
            let result = try await body(span)
            span.recordToolResult(result)
            return result
        }
    }

    /// Runs an agent, such as a loop of model calls and tool calls, inside a span of type `chain` that follows both
    /// conventions.
    ///
    /// ```swift
    /// let answer = try await context.tracer.withAgent("travel planner", messages: messages) { span in
    ///     let answer = try await plan(messages)
    ///     span.enrich(outputs: ["answer": .string(answer)])
    ///     return answer
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - name: The agent's name.
    ///   - id: The agent's id at its provider.
    ///   - description: The purpose of the agent.
    ///   - provider: The provider of the agent's model, in lower case.
    ///   - messages: The conversation that the agent starts with.
    ///   - eventName: The span's name; by default `invoke_agent` and the agent's name.
    ///   - body: Runs the agent.
    /// - Returns: The body's result.
    /// - Throws: The body's error, after it has been recorded on the span.
    public nonisolated(nonsending) func withAgent<Result>(
        _ name: String,
        id: String? = nil,
        description: String? = nil,
        provider: String? = nil,
        messages: [ModelCall.Message] = [],
        eventName: String? = nil,
        _ body: nonisolated(nonsending) (TracedSpan) async throws -> Result
    ) async rethrows -> Result {
        let history = messages.flatMap(\.honeyHive)
        let span = startStep(
            eventName ?? "invoke_agent \(name)",
            type: .chain,
            HoneyHiveFields(
                inputs: history.isEmpty ? [:] : ["chat_history": .array(history)],
                config: ["agent_name": .string(name)]
            )
        )
        span.setAttribute("gen_ai.operation.name", to: "invoke_agent")
        span.setAttribute("gen_ai.agent.name", to: .string(name))
        span.set("gen_ai.agent.id", id)
        span.set("gen_ai.agent.description", description)
        span.set("gen_ai.provider.name", provider)
        span.setAttribute("gen_ai.conversation.id", to: .string(span.tracer.session.id.description))
        span.setMessages("gen_ai.input.messages", messages.map { $0.openTelemetry() })
        return try await run(span, body)
    }

    /// Runs a call of another service inside a span of kind `CLIENT` that ends with it.
    ///
    /// - Parameters:
    ///   - eventName: The span's name.
    ///   - type: The type of the event in HoneyHive.
    ///   - body: Makes the call.
    /// - Returns: The body's result.
    /// - Throws: The body's error, after it has been recorded on the span.
    package nonisolated(nonsending) func withClientSpan<Result>(
        _ eventName: String,
        type: EventType,
        _ body: nonisolated(nonsending) (TracedSpan) async throws -> Result
    ) async rethrows -> Result {
        try await run(startStep(eventName, type: type, kind: .client, HoneyHiveFields()), body)
    }

    /// Runs a step inside its span, which ends with it.
    private nonisolated(nonsending) func run<Result>(
        _ span: TracedSpan,
        _ body: nonisolated(nonsending) (TracedSpan) async throws -> Result
    ) async rethrows -> Result {
        defer { span.end() }
        do {
            return try await InstrumentationContext.$current.withValue(span.context) { try await body(span) }
        } catch {
            span.recordThrown(error)
            span.recordErrorType(ErrorSummary(error).type)
            throw error
        }
    }
}

extension TracedSpan {
    /// Writes the request of a model call.
    fileprivate func describe(_ call: ModelCall) {
        for (key, value) in call.requestAttributes { setAttribute(key, to: value) }
        setAttribute("gen_ai.conversation.id", to: .string(tracer.session.id.description))
        let history = AttributeValue.array(call.messages.flatMap(\.honeyHive))
        if call.operation == .embeddings {
            enrich(inputs: ["inputs": history])
        } else {
            setMessages("gen_ai.input.messages", call.messages.map { $0.openTelemetry() })
            enrich(inputs: ["chat_history": history])
        }
        guard !call.tools.isEmpty else { return }
        setMessages("gen_ai.tool.definitions", call.tools.map(\.openTelemetry))
        enrich(inputs: ["functions": .array(call.tools.map(\.honeyHive))])
    }

    fileprivate func recordToolResult(_ result: some Encodable) {
        let value: AttributeValue?
        switch result {
        case let text as String: value = .string(text)
        case let known as AttributeValue: value = known
        default: value = try? AttributeValue(encoding: result)
        }
        guard let value, value != .null else { return }
        enrich(outputs: ["message": value])
        setText("gen_ai.tool.call.result", value)
    }

    fileprivate func set(_ key: String, _ text: String?) {
        if let text { setAttribute(key, to: .string(text)) }
    }

    fileprivate func setMessages(_ key: String, _ list: [AttributeValue]) {
        guard !list.isEmpty else { return }
        let (entry, isShortened) = entry(key, list)
        update { state in
            state.attributes.set([entry])
            if isShortened { state.attributes.set(HoneyHiveField.truncated, to: true, priority: .required) }
        }
    }

    /// Sets an attribute to a text, or to the JSON text of a structure, which is redacted before it becomes text.
    fileprivate func setText(_ key: String, _ value: AttributeValue) {
        let entry = AttributeList.Entry(key: key, value: .string(tracer.redaction.redacted(value, of: key).text))
        update { $0.attributes.set([entry]) }
    }
}
