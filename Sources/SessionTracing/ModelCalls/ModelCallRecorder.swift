/// Records a model's response on the span of the call.
///
/// Valid during the call.
public struct ModelCallRecorder: Sendable {
    /// The span of the call, for further enrichment.
    public let span: TracedSpan
    let startUnixNanoseconds: UInt64

    /// Records the arrival of the first part of a streamed response; later calls do nothing.
    ///
    /// Sets the metric `time_to_first_token_ms`, in milliseconds since the start of the call.
    public func recordFirstToken() {
        let elapsed = Double(span.tracer.now() - startUnixNanoseconds) / 1_000_000
        let key = "\(HoneyHiveField.SpanFieldGroup.metrics.prefix)time_to_first_token_ms"
        span.update { state in
            if state.attributes[key] == nil { state.attributes.set(key, to: .double(elapsed)) }
        }
    }

    /// Records the response: choices as outputs, token counts as metrics, and all fields as attributes of the GenAI
    /// conventions.
    ///
    /// - Parameter response: The model's response; for a stream, the assembled one.
    public func record(_ response: ModelResponse) {
        span.enrich(
            outputs: response.choices.isEmpty
                ? [:] : ["choices": .array(response.choices.enumerated().map(Self.choice(response)))],
            metrics: Self.usage(response)
        )
        if let id = response.id { span.setAttribute("gen_ai.response.id", to: .string(id)) }
        if let model = response.model { span.setAttribute("gen_ai.response.model", to: .string(model)) }
        if let tokens = response.inputTokens { span.setAttribute("gen_ai.usage.input_tokens", to: .int(tokens)) }
        if let tokens = response.outputTokens { span.setAttribute("gen_ai.usage.output_tokens", to: .int(tokens)) }
        if !response.finishReasons.isEmpty {
            let reasons = response.finishReasons.map { AttributeValue.string($0) }
            span.setAttribute("gen_ai.response.finish_reasons", to: .array(reasons))
        }
    }

    /// Returns a choice in the form that HoneyHive's conversation view reads.
    private static func choice(_ response: ModelResponse) -> (Int, ModelCall.Message) -> AttributeValue {
        { index, message in
            var choice: [String: AttributeValue] = ["message": message.attributeValue]
            if response.finishReasons.indices.contains(index) {
                choice["finish_reason"] = .string(response.finishReasons[index])
            }
            return .dictionary(choice)
        }
    }

    private static func usage(_ response: ModelResponse) -> [String: AttributeValue] {
        var usage: [String: AttributeValue] = [:]
        if let tokens = response.inputTokens { usage["prompt_tokens"] = .int(tokens) }
        if let tokens = response.outputTokens { usage["completion_tokens"] = .int(tokens) }
        if let input = response.inputTokens, let output = response.outputTokens {
            let (total, overflows) = input.addingReportingOverflow(output)
            if !overflows { usage["total_tokens"] = .int(total) }
        }
        return usage
    }
}

extension ModelCall.Message {
    var attributeValue: AttributeValue { ["role": .string(role), "content": .string(content)] }
}
