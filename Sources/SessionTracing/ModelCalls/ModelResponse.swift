/// What a model has answered: the fields that every provider has.
///
/// Leave out what it did not say.
public struct ModelResponse: Sendable, Hashable {
    /// The provider's id of the answer.
    public var id: String?
    /// The model that answered, when it is not the one that was asked for.
    public var model: String?
    /// The answers; a call may ask for several.
    public var choices: [ModelCall.Message]
    /// Why each answer ended, as `stop` or `length`.
    public var finishReasons: [String]
    /// Tokens of the question.
    public var inputTokens: Int?
    /// Tokens of the answer.
    public var outputTokens: Int?

    /// Describes an answer.
    ///
    /// - Parameters:
    ///   - id: The provider's id of the answer.
    ///   - model: The model that answered.
    ///   - choices: The answers.
    ///   - finishReasons: Why each answer ended.
    ///   - inputTokens: Tokens of the question.
    ///   - outputTokens: Tokens of the answer.
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
