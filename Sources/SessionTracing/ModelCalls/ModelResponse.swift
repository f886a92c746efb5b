/// A language model's response: the fields common to all providers.
///
/// Omit the fields that the provider did not return.
public struct ModelResponse: Sendable, Hashable {
    /// The provider's id of the response.
    public var id: String?
    /// The model that produced the response, if it differs from the requested one.
    public var model: String?
    /// The generated messages; a request may ask for several.
    public var choices: [ModelCall.Message]
    /// The reason each message ended, as the provider calls it, such as `stop`, `length` or `tool_calls`.
    public var finishReasons: [String]
    /// The number of tokens in the request, cached ones included.
    public var inputTokens: Int?
    /// The number of tokens in the response, those of reasoning included.
    public var outputTokens: Int?
    /// The number of the request's tokens that the provider read from its cache.
    public var cacheReadInputTokens: Int?
    /// The number of the request's tokens that the provider wrote to its cache.
    public var cacheWriteInputTokens: Int?
    /// The number of the response's tokens that are reasoning.
    public var reasoningTokens: Int?
    /// The provider's total; nil for the sum of ``inputTokens`` and ``outputTokens``.
    public var totalTokens: Int?
    /// The cost of the call, in US dollars.
    public var cost: Double?

    /// Creates a response.
    ///
    /// - Parameters:
    ///   - id: The provider's id of the response.
    ///   - model: The model that produced the response.
    ///   - choices: The generated messages.
    ///   - finishReasons: The reason each message ended.
    ///   - inputTokens: The number of tokens in the request, cached ones included.
    ///   - outputTokens: The number of tokens in the response, those of reasoning included.
    ///   - cacheReadInputTokens: The number of the request's tokens that were read from the provider's cache.
    ///   - cacheWriteInputTokens: The number of the request's tokens that were written to the provider's cache.
    ///   - reasoningTokens: The number of the response's tokens that are reasoning.
    ///   - totalTokens: The provider's total; nil for the sum.
    ///   - cost: The cost of the call, in US dollars.
    public init(
        id: String? = nil,
        model: String? = nil,
        choices: [ModelCall.Message] = [],
        finishReasons: [String] = [],
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        cacheReadInputTokens: Int? = nil,
        cacheWriteInputTokens: Int? = nil,
        reasoningTokens: Int? = nil,
        totalTokens: Int? = nil,
        cost: Double? = nil
    ) {
        self.id = id
        self.model = model
        self.choices = choices
        self.finishReasons = finishReasons
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cacheReadInputTokens = cacheReadInputTokens
        self.cacheWriteInputTokens = cacheWriteInputTokens
        self.reasoningTokens = reasoningTokens
        self.totalTokens = totalTokens
        self.cost = cost
    }
}
