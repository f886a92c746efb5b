/// The tokens of a model call.
///
/// Cached and reasoning tokens are parts of the input and the output.
package struct TokenUsage: Sendable, Hashable {
    package var input: Int64?
    package var output: Int64?
    /// The sender's total, else input and output together.
    package var total: Int64?
    /// Input tokens that were read from a cache.
    package var cached: Int64?
    /// Output tokens of the model's reasoning.
    package var reasoning: Int64?
}

extension TokenUsage {
    /// Reads the counts; each field from the first attribute that has it.
    init(_ values: SpanValues) {
        let langfuse = values["langfuse.observation.usage_details"]?.opened.object ?? JSONObject()
        func count(_ first: [String], _ own: [String], _ rest: [String]) -> Int64? {
            let found =
                first.lazy.compactMap { values[$0]?.count }.first ?? own.lazy.compactMap { langfuse[$0]?.count }.first
            return found ?? rest.lazy.compactMap { values[$0]?.count }.first
        }
        input = count(
            ["honeyhive_metadata.prompt_tokens"],
            ["input", "prompt_tokens", "input_tokens"],
            [
                "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt",
                "ai.usage.promptTokens",
                "ai.usage.inputTokens", "llm.usage.prompt_tokens",
            ]
        )
        output = count(
            ["honeyhive_metadata.completion_tokens"],
            ["output", "completion_tokens", "output_tokens"],
            [
                "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
                "ai.usage.completionTokens", "ai.usage.outputTokens", "llm.usage.completion_tokens",
            ]
        )
        cached = count(
            ["honeyhive_metadata.cache_read_input_tokens"],
            ["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"],
            [
                "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
                "llm.token_count.prompt_details.cache_read", "ai.usage.cachedInputTokens",
            ]
        )
        reasoning = count(
            ["honeyhive_metadata.reasoning_tokens"],
            ["output_reasoning_tokens", "reasoning_tokens", "output_reasoning"],
            [
                "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
                "llm.token_count.completion_details.reasoning", "ai.usage.reasoningTokens",
            ]
        )
        let given = count(
            ["honeyhive_metadata.total_tokens"],
            ["total", "total_tokens"],
            [
                "llm.token_count.total", "llm.usage.total_tokens", "gen_ai.usage.total_tokens", "ai.usage.tokens",
                "ai.usage.totalTokens",
            ]
        )
        total = given ?? Self.sum([input, output].compactMap { $0 })
    }

    private static func sum(_ counts: [Int64]) -> Int64? {
        guard !counts.isEmpty else { return nil }
        return counts.reduce(0) { sum, count in
            let (result, overflows) = sum.addingReportingOverflow(count)
            return overflows ? .max : result
        }
    }

    package var isEmpty: Bool { input == nil && output == nil && total == nil && cached == nil && reasoning == nil }
}

/// The cost of a model call, in US dollars.
package struct ModelCost: Sendable, Hashable {
    package var dollars: Double
    /// True when it was computed from tokens and a price table, and not sent.
    package var isEstimate: Bool

    package init(dollars: Double, isEstimate: Bool) {
        self.dollars = dollars
        self.isEstimate = isEstimate
    }
}

extension ModelCost {
    /// Reads the cost that the sender gives.
    init?(_ values: SpanValues) {
        let langfuse = values["langfuse.observation.cost_details"]?.opened.object?["total"]
        let parts = ["llm.cost.prompt", "llm.cost.completion"].compactMap { values[$0]?.finiteNumber }
        let found =
            values["honeyhive_metadata.cost"]?.finiteNumber ?? values["honeyhive_metrics.cost"]?.finiteNumber
            ?? langfuse?.finiteNumber ?? values["llm.cost.total"]?.finiteNumber
            ?? (parts.isEmpty ? nil : parts.reduce(0, +)) ?? values["gen_ai.usage.cost"]?.finiteNumber
        guard let found, found >= 0 else { return nil }
        self.init(dollars: found, isEstimate: false)
    }
}
