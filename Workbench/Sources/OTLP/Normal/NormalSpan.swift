/// The normal form of a span: what it did, in the same terms whichever library sent it.
///
/// Read from the attributes of HoneyHive, OpenTelemetry's GenAI conventions (current and older), OpenInference,
/// Traceloop, Vercel's AI SDK, Langfuse, LangSmith and MLflow. Each value comes from the first attribute that exists and
/// is not empty, in a fixed order; the attributes themselves stay as they are.
package struct NormalSpan: Sendable {
    package let span: TraceSpan
    let values: SpanValues
    private let estimatedDollars: Double?
    package let kind: EventKind

    /// Reads a span.
    ///
    /// - Parameters:
    ///   - span: The span as it arrived.
    ///   - estimatedDollars: An estimate of a call's cost in US dollars, for one whose sender gives no cost.
    package init(_ span: TraceSpan, estimatedDollars: Double? = nil) {
        self.span = span
        self.estimatedDollars = estimatedDollars
        values = SpanValues(span.attributes)
        kind = EventKind(values, spanKind: span.kind)
    }

    /// Reads a span, and estimates the cost of a call whose sender gives none.
    package init(_ span: TraceSpan, prices: PriceTable) {
        self.init(span, estimatedDollars: NormalSpan(span).estimatedDollars(prices))
    }

    /// The name: of the event, the workflow's step or the tool, else of the span.
    package var name: String {
        if let name = values["honeyhive_event_name"]?.string { return name }
        if values["traceloop.span.kind"] != nil, let name = values["traceloop.entity.name"]?.string { return name }
        if kind == .tool, let name = values.text(["gen_ai.tool.name", "tool.name", "ai.toolCall.name"]) { return name }
        return span.name
    }
}

// MARK: - Inputs and outputs

extension NormalSpan {
    private static let inputNames = [
        "langfuse.observation.input", "gen_ai.tool.call.arguments", "ai.toolCall.args", "ai.toolCall.input",
        "ai.prompt",
        "gen_ai.retrieval.query.text", "traceloop.entity.input", "input.value", "mlflow.spanInputs", "tool.parameters",
    ]
    private static let outputNames = [
        "langfuse.observation.output", "gen_ai.tool.call.result", "ai.toolCall.result", "ai.toolCall.output",
        "ai.response.object", "ai.response.text", "ai.result.object", "ai.result.text", "traceloop.entity.output",
        "output.value", "mlflow.spanOutputs",
    ]

    /// The inputs: an object of named values, or one value.
    package var inputs: JSONValue? {
        values.nested("honeyhive_inputs") ?? values.first(Self.inputNames)?.opened
    }

    /// The outputs: an object of named values, or one value.
    package var outputs: JSONValue? {
        values.nested("honeyhive_outputs") ?? values.first(Self.outputNames)?.opened
    }

    /// The messages of the conversation; empty when the span holds none.
    package var messages: [NormalMessage] {
        Conversation(values: values, events: span.events, kind: kind, inputs: inputs, outputs: outputs).messages
    }

    /// The definitions of the tools that the model may call.
    package var toolDefinitions: [JSONValue] {
        let found = [
            "gen_ai.tool.definitions", "honeyhive_inputs.functions", "ai.prompt.tools", "llm.request.functions",
        ]
        .lazy.compactMap { values.nested($0)?.elements }.first
        let openInference = values.nested("llm.tools")?.elements?.compactMap {
            $0.object?["tool"]?.object?["json_schema"]
        }
        return (found ?? openInference ?? []).map(\.opened)
    }
}

// MARK: - The model

extension NormalSpan {
    private static let modelNames = [
        "honeyhive_config.model", "langfuse.observation.model.name", "gen_ai.response.model", "gen_ai.request.model",
        "ai.response.model", "ai.model.id", "llm.response.model_name", "llm.model_name", "embedding.model_name",
        "reranker.model_name",
    ]
    private static let providerNames = [
        "honeyhive_config.provider", "gen_ai.provider.name", "llm.provider", "ai.model.provider", "gen_ai.system",
        "llm.system",
    ]

    /// The model's name; `nil` when the span gives none.
    package var model: String? { values.text(Self.modelNames) }

    /// The model's provider; `nil` when the span gives none.
    package var provider: String? { values.text(Self.providerNames) }

    package var usage: TokenUsage { TokenUsage(values) }

    /// The cost of a model call: the sender's, else an estimate; `nil` for other spans without one.
    package var cost: ModelCost? {
        ModelCost(values) ?? estimatedDollars.map { ModelCost(dollars: $0, isEstimate: true) }
    }

    /// Estimates the cost of a model call whose sender gives none; `nil` for other spans.
    package func estimatedDollars(_ prices: PriceTable) -> Double? {
        guard kind == .model, ModelCost(values) == nil, let model else { return nil }
        return prices.cost(model: model, usage)
    }

    /// The time to the first token, in milliseconds; `nil` when the span gives none.
    package var firstTokenMilliseconds: Double? {
        if let time = number("honeyhive_metrics.ttft_ms") ?? number("honeyhive_metadata.ttft_ms") { return time }
        if let seconds = number("gen_ai.response.time_to_first_chunk") { return seconds * 1_000 }
        if let time = number("ai.response.msToFirstChunk") ?? number("ai.stream.msToFirstChunk") { return time }
        guard let event = span.events.first(where: { $0.name == "ai.stream.firstChunk" }),
            event.timeNanoseconds >= span.startNanoseconds
        else { return nil }
        return Double(event.timeNanoseconds - span.startNanoseconds) / 1_000_000
    }

    private func number(_ name: String) -> Double? {
        values[name]?.finiteNumber.flatMap { $0 >= 0 ? $0 : nil }
    }
}

// MARK: - Context

extension NormalSpan {
    /// The user; `nil` when the span names none.
    package var user: String? {
        let own = values.nested("honeyhive_user_properties")
        if let own, own.hasContent {
            return (own.object?.first(["user_id", "id", "email", "name"]) ?? own).plainText
        }
        return values.text([
            "langfuse.user.id", "user.id", "enduser.id", "ai.telemetry.metadata.userId",
            "traceloop.association.properties.user_id",
        ])
    }

    /// The tags of the span and its trace.
    package var tags: [String] {
        let names = ["tag.tags", "langfuse.trace.tags", "langsmith.span.tags", "honeyhive_metadata.tags"]
        let found = names.lazy.compactMap { values.nested($0) }.first
        if let elements = found?.elements { return elements.map(\.plainText) }
        return found?.string?.split(separator: ",").map { String($0).trimmed } ?? []
    }

    /// The error message; `nil` when the span has not failed, empty when it failed without a message.
    package var error: String? {
        let own = values["honeyhive_error"].map(\.plainText)
        let isLangfuseError = values["langfuse.observation.level"] == "ERROR"
        let type = values["error.type"].map(\.plainText)
        var statusMessage: String?
        if case .error(let message) = span.status { statusMessage = message }
        let isOK = span.status == .ok
        guard
            own != nil || span.attributes["honeyhive_error"] != nil || statusMessage != nil || isLangfuseError
                || (type != nil && !isOK)
        else { return nil }
        let exception = span.events.first { $0.name == "exception" }?.attributes["exception.message"]?.string
        let messages = [own, statusMessage, exception, values["langfuse.observation.status_message"]?.plainText, type]
        return messages.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? ""
    }
}

extension String {
    /// The text without spaces at its ends.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
