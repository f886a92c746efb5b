/// Records a model's response on the span of the call.
///
/// Valid during the call.
public struct ModelCallRecorder: Sendable {
    /// The span of the call, for further enrichment.
    public let span: TracedSpan
    let startUnixNanoseconds: UInt64

    /// Records the arrival of the first part of a streamed response; later calls do nothing.
    ///
    /// Sets the metric `ttft_ms`, in milliseconds since the start of the call, and OpenTelemetry's
    /// `gen_ai.response.time_to_first_chunk`, in seconds.
    public func recordFirstToken() {
        let nanoseconds = Double(span.tracer.now() - startUnixNanoseconds)
        let redaction = span.tracer.redaction
        let metrics = redaction.redacted(["ttft_ms": .double(nanoseconds / 1_000_000)])
        let seconds = redaction.redacted(.double(nanoseconds / 1_000_000_000), of: Self.timeToFirstChunk)
        span.update { state in
            guard state.attributes[Self.timeToFirstChunk] == nil else { return }
            state.attributes.replace(HoneyHiveFields(metrics: metrics), priority: .required)
            state.attributes.set(Self.timeToFirstChunk, to: seconds, priority: .required)
        }
    }

    /// Records the response: the first message, its tool calls and its end as outputs, token counts and cost as
    /// metadata, and all of them as attributes of the GenAI conventions.
    ///
    /// A further call replaces the response of an earlier one whole. For a stream, call it with what has arrived so
    /// far, in a `defer` as well, so that a stream that breaks off keeps it.
    ///
    /// - Parameter response: The model's response; for a stream, the assembled one.
    public func record(_ response: ModelResponse) {
        let redaction = span.tracer.redaction
        let fields = HoneyHiveFields(outputs: Self.outputs(response), metadata: Self.metadata(response))
            .redacted(by: redaction)
        var entries = response.attributes.map { key, value in
            AttributeList.Entry(key: key, value: redaction.redacted(value, of: key))
        }
        var isShortened = false
        if !response.choices.isEmpty {
            let messages = response.choices.enumerated().map { index, message in
                message.openTelemetry(finishReason: response.finishReason(at: index))
            }
            let list = span.entry("gen_ai.output.messages", messages)
            entries.append(list.entry)
            isShortened = list.isShortened
        }
        // The answer is kept even if a long conversation has filled the span.
        span.update { state in
            if !state.responseKeys.isEmpty {
                let earlier = state.responseKeys
                state.attributes.remove { earlier.contains($0.attributeKey) }
            }
            let written = state.attributes.replace(fields, priority: .required) + entries
            for entry in entries { state.attributes.set(entry.attributeKey, to: entry.value, priority: .required) }
            state.responseKeys = Set(written.map(\.attributeKey))
            if isShortened { state.attributes.set(HoneyHiveField.truncated, to: true, priority: .required) }
        }
    }

    private static let timeToFirstChunk = "gen_ai.response.time_to_first_chunk"

    /// Returns the outputs in the form that HoneyHive's conversation view reads: the first message, and the list of all
    /// if there are several.
    private static func outputs(_ response: ModelResponse) -> [String: AttributeValue] {
        func members(_ index: Int, _ message: ModelCall.Message) -> [String: AttributeValue] {
            var members = message.honeyHiveMembers
            if let reason = response.finishReason(at: index) { members["finish_reason"] = .string(reason) }
            return members
        }
        guard let first = response.choices.first else {
            return response.finishReason(at: 0).map { ["finish_reason": .string($0)] } ?? [:]
        }
        var outputs = members(0, first)
        if response.choices.count > 1 {
            outputs["choices"] = .array(response.choices.enumerated().map { .dictionary(members($0, $1)) })
        }
        return outputs
    }

    private static func metadata(_ response: ModelResponse) -> [String: AttributeValue] {
        var metadata: [String: AttributeValue] = [:]
        metadata["response_id"] = response.id.map { .string($0) }
        metadata["response_model"] = response.model.map { .string($0) }
        metadata["prompt_tokens"] = response.inputTokens.map { .int($0) }
        metadata["completion_tokens"] = response.outputTokens.map { .int($0) }
        metadata["total_tokens"] = response.allTokens.map { .int($0) }
        metadata["cache_read_input_tokens"] = response.cacheReadInputTokens.map { .int($0) }
        metadata["cache_write_input_tokens"] = response.cacheWriteInputTokens.map { .int($0) }
        metadata["reasoning_tokens"] = response.reasoningTokens.map { .int($0) }
        metadata["cost"] = response.cost.map { .double($0) }
        return metadata
    }
}

extension ModelResponse {
    /// Returns the reason a message ended; nil for an empty one, which only keeps the position of a message without
    /// a reason.
    fileprivate func finishReason(at index: Int) -> String? {
        guard finishReasons.indices.contains(index), !finishReasons[index].isEmpty else { return nil }
        return finishReasons[index]
    }

    fileprivate var allTokens: Int? {
        if let totalTokens { return totalTokens }
        guard let inputTokens, let outputTokens else { return nil }
        let (total, overflows) = inputTokens.addingReportingOverflow(outputTokens)
        return overflows ? nil : total
    }

    /// The attributes of OpenTelemetry's conventions, except the messages; the conventions have no total and no cost.
    fileprivate var attributes: [(key: String, value: AttributeValue)] {
        var attributes: [(String, AttributeValue)] = []
        if let id { attributes.append(("gen_ai.response.id", .string(id))) }
        if let model { attributes.append(("gen_ai.response.model", .string(model))) }
        // The convention has one reason for each message, by position.
        if finishReasons.contains(where: { !$0.isEmpty }) {
            attributes.append(("gen_ai.response.finish_reasons", .array(finishReasons.map { .string($0) })))
        }
        let counts: KeyValuePairs = [
            "gen_ai.usage.input_tokens": inputTokens, "gen_ai.usage.output_tokens": outputTokens,
            "gen_ai.usage.cache_read.input_tokens": cacheReadInputTokens,
            "gen_ai.usage.cache_creation.input_tokens": cacheWriteInputTokens,
            "gen_ai.usage.reasoning.output_tokens": reasoningTokens,
        ]
        for case (let key, let count?) in counts { attributes.append((key, .int(count))) }
        return attributes
    }
}

extension TracedSpan {
    /// Returns an attribute with a list as JSON text, redacted as a structure before it becomes text, and true if not
    /// all of the list fits.
    func entry(_ key: String, _ list: [AttributeValue]) -> (entry: AttributeList.Entry, isShortened: Bool) {
        let (text, isShortened) = tracer.redaction.redacted(.array(list), of: key)
            .listText(maximumUTF8Bytes: tracer.policy.limits.valueBytes)
        return (AttributeList.Entry(key: key, value: .string(text)), isShortened)
    }
}
