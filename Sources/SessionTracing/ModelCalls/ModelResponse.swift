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
    /// The reason each message ended, such as `stop` or `length`.
    public var finishReasons: [String]
    /// The number of tokens in the request.
    public var inputTokens: Int?
    /// The number of tokens in the response.
    public var outputTokens: Int?

    /// Creates a response.
    ///
    /// - Parameters:
    ///   - id: The provider's id of the response.
    ///   - model: The model that produced the response.
    ///   - choices: The generated messages.
    ///   - finishReasons: The reason each message ended.
    ///   - inputTokens: The number of tokens in the request.
    ///   - outputTokens: The number of tokens in the response.
    public init(
        id: String? = nil,
        model: String? = nil,
        choices: [ModelCall.Message] = [],
        finishReasons: [String] = [],
        inputTokens: Int? = nil,
        outputTokens: Int? = nil
    ) {
        self.id = id
        self.model = model
        self.choices = choices
        self.finishReasons = finishReasons
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}
