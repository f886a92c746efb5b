/// Finds the messages of a model call: the first source that has any wins.
///
/// The order is that of the table "One normal form" of the dialects' conventions: HoneyHive, Langfuse, OpenTelemetry
/// GenAI (https://opentelemetry.io/docs/specs/semconv/gen-ai/), OpenInference, Vercel's AI SDK, Traceloop, span events,
/// and for model calls also inputs and outputs that hold messages.
struct Conversation {
    let values: SpanValues
    let events: [TraceSpan.Event]
    let kind: EventKind
    let inputs: JSONValue?
    let outputs: JSONValue?

    /// The messages, those to the model first.
    var messages: [NormalMessage] {
        var sent = first(sentSources)
        var received = first(receivedSources)
        // An answer without a role, to a question that is a message; and the other way round for model calls.
        let isConversation = kind == .model || values.nested("honeyhive_inputs.chat_history") != nil
        if received.isEmpty, !sent.isEmpty, isConversation, let outputs { received = [plain(outputs, .out)] }
        if sent.isEmpty, !received.isEmpty, kind == .model, let inputs { sent = [plain(inputs, .in)] }
        return sent + received
    }

    private func first(_ sources: [() -> [NormalMessage]]) -> [NormalMessage] {
        for source in sources {
            let messages = source()
            if !messages.isEmpty { return messages }
        }
        return []
    }

    /// A message of a value that is no message: the text of its only member, else the value itself.
    private func plain(_ value: JSONValue, _ direction: NormalMessage.Direction) -> NormalMessage {
        let reader = MessageReader(direction)
        let members = value.object?.members ?? []
        let only = members.count == 1 ? members[0].value : value
        guard case .string(let text) = only else {
            return NormalMessage(direction: direction, role: reader.role, parts: [.other(type: "value", value: value)])
        }
        return reader.text(text)
    }
}

// MARK: - To the model

extension Conversation {
    private var reader: MessageReader { MessageReader(.in) }

    private var sentSources: [() -> [NormalMessage]] {
        [
            { reader.list(values.nested("honeyhive_inputs.chat_history")) },
            { reader.messages(in: values.nested("honeyhive_inputs.messages")) },
            { reader.messages(in: values["langfuse.observation.input"], allowsText: kind == .model) },
            { withInstructions(reader.list(values["gen_ai.input.messages"])) },
            { reader.list(values.nested("llm.input_messages")) },
            { texts(of: "llm.prompts", "prompt") },
            { reader.list(values["ai.prompt.messages"]) },
            { reader.messages(in: values["ai.prompt"], allowsText: kind == .model) },
            { withInstructions(traceloop("gen_ai.prompt")) },
            { sentEvents },
            { details("gen_ai.input.messages") },
            { contentEvent("gen_ai.content.prompt", "gen_ai.prompt") },
            { kind == .model ? withInstructions([]) : [] },
            { kind == .model ? reader.messages(in: inputs, allowsText: true) : [] },
        ]
    }

    private func withInstructions(_ messages: [NormalMessage]) -> [NormalMessage] {
        guard let instructions = values["gen_ai.system_instructions"] else { return messages }
        return [reader.parts(instructions, role: "system")] + messages
    }

    private var sentEvents: [NormalMessage] {
        events.compactMap { event in
            let words = event.name.split(separator: ".")
            guard words.count == 3, words[0] == "gen_ai", words[2] == "message", words[1] != "output" else {
                return nil
            }
            var fields = eventFields(event, "message")
            if fields["role"] == nil { fields["role"] = .string(words[1] == "input" ? "user" : String(words[1])) }
            return reader.message(.object(fields))
        }
    }
}

// MARK: - From the model

extension Conversation {
    private var writer: MessageReader { MessageReader(.out) }

    private var receivedSources: [() -> [NormalMessage]] {
        [
            { honeyHiveAnswer },
            { writer.messages(in: values["langfuse.observation.output"], allowsText: kind == .model) },
            { writer.list(values["gen_ai.output.messages"]) },
            { writer.list(values.nested("llm.output_messages")) },
            { texts(of: "llm.choices", "completion") },
            { vercelAnswer },
            { traceloop("gen_ai.completion") },
            { choiceEvents },
            { details("gen_ai.output.messages") },
            { contentEvent("gen_ai.content.completion", "gen_ai.completion") },
            { kind == .model ? writer.messages(in: outputs, allowsText: true) : [] },
        ]
    }

    private var honeyHiveAnswer: [NormalMessage] {
        guard let outputs = values.nested("honeyhive_outputs")?.object else { return [] }
        if outputs["role"]?.string != nil || outputs["tool_calls"]?.hasContent == true {
            return [writer.message(.object(outputs))]
        }
        return writer.messages(in: .object(outputs))
    }

    private var vercelAnswer: [NormalMessage] {
        var parts: [NormalPart] = []
        if let text = values["ai.response.reasoning"]?.plainText { parts.append(.reasoning(text)) }
        if let text = values.text(["ai.response.text", "ai.result.text"]) { parts.append(.text(text)) }
        let calls = values.first(["ai.response.toolCalls", "ai.result.toolCalls"])?.elements ?? []
        parts += calls.map(PartReader.call)
        if let object = values.first(["ai.response.object", "ai.result.object"])?.opened, parts.isEmpty {
            parts.append(.other(type: "object", value: object))
        }
        guard !parts.isEmpty else { return [] }
        let reason = values.text(["ai.response.finishReason", "ai.finishReason"])
        return [NormalMessage(direction: .out, role: "assistant", parts: parts, finishReason: reason)]
    }

    private var choiceEvents: [NormalMessage] {
        events.filter { ["gen_ai.choice", "gen_ai.output.message"].contains($0.name) }.map { event in
            var fields = eventFields(event, "message")
            if fields["role"] == nil { fields["role"] = "assistant" }
            return writer.message(.object(fields))
        }
    }
}

// MARK: - Both

extension Conversation {
    private func reader(_ name: String) -> MessageReader {
        MessageReader(name.hasSuffix("output.messages") || name.hasSuffix("completion") ? .out : .in)
    }

    /// `gen_ai.prompt.N.…`, or the whole value as JSON under the bare name.
    private func traceloop(_ name: String) -> [NormalMessage] {
        // A text to embed is no message.
        guard values["llm.request.type"] != "embedding" else { return [] }
        if values.has(prefix: name + ".") { return reader(name).list(values.nested(name)) }
        return reader(name).messages(in: values[name], allowsText: true)
    }

    /// OpenInference's texts of completions: `llm.prompts.N.prompt.text`.
    private func texts(of name: String, _ member: String) -> [NormalMessage] {
        let elements = values.nested(name)?.elements ?? []
        return elements.compactMap { $0.object?[member]?.object?["text"] }
            .map { MessageReader(name == "llm.prompts" ? .in : .out).text($0.plainText) }
    }

    private func details(_ name: String) -> [NormalMessage] {
        let event = events.first { $0.name == "gen_ai.client.inference.operation.details" }
        guard let event, let value = event.attributes[name]?.json else { return [] }
        let messages = reader(name).list(value)
        guard name == "gen_ai.input.messages", let system = event.attributes["gen_ai.system_instructions"]?.json
        else { return messages }
        return [reader.parts(system, role: "system")] + messages
    }

    private func contentEvent(_ event: String, _ name: String) -> [NormalMessage] {
        let value = events.first { $0.name == event }?.attributes[name]?.json
        return reader(name).messages(in: value, allowsText: true)
    }

    /// An event's attributes, with the members of the message that it holds as JSON.
    private func eventFields(_ event: TraceSpan.Event, _ member: String) -> JSONObject {
        let attributes = event.attributes.filter { $0.key != "gen_ai.system" && $0.key != "gen_ai.provider.name" }
        var fields = NestedNames(attributes.map { ($0.key, $0.value.json) }).json.object ?? JSONObject()
        guard let message = fields[member]?.opened.object else { return fields }
        fields[member] = nil
        for inner in message.members { fields[inner.name] = inner.value }
        return fields
    }
}
