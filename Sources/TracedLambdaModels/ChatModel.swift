internal import PlatformFoundation
internal import SpanExport
public import SessionTracing
public import TracedLambda
internal import WireText

/// A client of OpenAI's chat-completions API and of the servers that speak it, such as vLLM, Ollama, and the compatible
/// endpoints of Amazon Bedrock and Gemini.
///
/// ```swift
/// let model = try ChatModel("gpt-4o-mini")
/// let reply = try await model.reply(to: [.user("Weather in Oslo?")], context: context)
/// return reply.text
/// ```
///
/// Each call is a span of type `model` with everything that was sent and received, including an incomplete stream and
/// an error. Requests are sent again after a failed connection, and after 429 and 5xx as the server's `Retry-After`
/// says, if the invocation's time allows it. The server receives the trace context, and the session's baggage only if
/// `TRACED_LAMBDA_PROPAGATE_TO` names it.
public struct ChatModel: Sendable {
    /// The name of the model.
    public let name: String
    /// The provider in the trace, in lower case.
    public let provider: String
    /// The parameters of each request under the server's names, such as `temperature` and `max_tokens`.
    ///
    /// `AttributeValue.null` leaves one out that is sent by default, such as `stream_options`.
    public var settings: [String: AttributeValue]
    /// The time limit of a call including repeated attempts; nil for the invocation's remaining time less the margin of
    /// the flush.
    public var timeout: Duration?
    /// The policy for repeated attempts: two more after a failed connection and after 429 and 5xx, by default.
    public var retries: HTTPClient.Retries

    /// The maximum size of a response, in bytes; of a stream, all chunks together.
    public static let maximumResponseBytes = 32 * 1024 * 1024
    /// The statuses after which a request is sent again.
    static let retriedStatuses: Set<Int> = [429, 500, 502, 503, 504, 529]
    /// The pause before a request is sent again, unless `Retry-After` asks for more, in milliseconds.
    static let retryDelayMilliseconds = 500

    private let url: String
    private let key: ModelKey

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - name: The name of the model; nil for `OPENAI_MODEL`.
    ///   - url: The API's base URL, such as `http://localhost:11434/v1`; nil for `OPENAI_BASE_URL`, and without it for
    ///     OpenAI's.
    ///   - key: The key; by default that of `OPENAI_API_KEY`.
    ///   - provider: The provider in the trace, in lower case; nil derives it from the URL's host, and is `openai` for
    ///     an unknown one.
    ///   - settings: The parameters of each request under the server's names.
    /// - Throws: ``ModelError`` with ``ModelError/Code/configuration`` if a setting is missing or invalid.
    public init(
        _ name: String? = nil,
        url: String? = nil,
        key: Key = .environment,
        provider: String? = nil,
        settings: [String: AttributeValue] = [:]
    ) throws(ModelError) {
        let environment = Environment.current
        guard let name = name ?? environment[.modelName] else { throw Self.missing(.modelName) }
        let base = url ?? environment[.modelURL] ?? Self.defaultURL
        let endpoint = try ModelKey.endpoint(base)
        self.name = name
        self.url = endpoint.url
        self.provider = provider ?? Self.provider(of: endpoint.host)
        self.key = try ModelKey(key, environment)
        self.settings = settings
        retries = HTTPClient.Retries(
            delay: .milliseconds(Self.retryDelayMilliseconds),
            statuses: Self.retriedStatuses
        )
    }

    /// OpenAI's own API.
    static let defaultURL = "https://api.openai.com/v1"

    static func missing(_ variable: EnvironmentVariable) -> ModelError {
        ModelError(.configuration, "the function's environment has no \(variable.rawValue); set it")
    }

    /// The names of OpenTelemetry's conventions, by the end of the host.
    private static let providers: KeyValuePairs = [
        "amazonaws.com": "aws.bedrock", "googleapis.com": "gcp.gemini", "azure.com": "azure.ai.openai",
        "mistral.ai": "mistral_ai", "groq.com": "groq", "deepseek.com": "deepseek", "x.ai": "x_ai",
        "perplexity.ai": "perplexity", "cohere.com": "cohere", "cohere.ai": "cohere",
    ]

    private static func provider(of host: String) -> String {
        let host = host.prefix { $0 != ":" }.lowercased()
        return providers.first { host == $0.key || host.hasSuffix(".\($0.key)") }?.value ?? "openai"
    }

    // MARK: Calls

    /// Asks for the model's next turn, and returns it when it is complete.
    ///
    /// ```swift
    /// let reply = try await model.reply(to: [.system("Answer briefly."), .user(question)], context: context)
    /// ```
    ///
    /// - Parameters:
    ///   - messages: The conversation.
    ///   - tools: The tools that the model may call. The caller runs them, or lets ``ChatAgent`` do it.
    ///   - settings: Further parameters of this request, which take precedence.
    ///   - context: The invocation.
    /// - Returns: The turn.
    /// - Throws: ``ModelError`` if there is no complete turn; `CancellationError` if the task is cancelled.
    public nonisolated(nonsending) func reply(
        to messages: [ModelCall.Message],
        tools: [ChatTool] = [],
        settings: [String: AttributeValue] = [:],
        context: InvocationContext
    ) async throws -> ChatReply {
        try await perform(request(messages, tools, settings), context) { _ in }
    }

    /// Asks for the model's next turn, and passes it on as it arrives.
    ///
    /// ```swift
    /// let reply = try await model.stream([.user(question)], context: context) { piece in
    ///     if case .text(let text) = piece { try await response.write(text) }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - messages: The conversation.
    ///   - tools: The tools that the model may call.
    ///   - settings: Further parameters of this request, which take precedence.
    ///   - context: The invocation.
    ///   - receive: Receives each piece of text and reasoning, and each tool call when it is complete. The model waits
    ///     for it. An error ends the call.
    /// - Returns: The whole turn.
    /// - Throws: ``ModelError`` if there is no complete turn; the error of `receive`; `CancellationError` if the task is cancelled.
    public nonisolated(nonsending) func stream(
        _ messages: [ModelCall.Message],
        tools: [ChatTool] = [],
        settings: [String: AttributeValue] = [:],
        context: InvocationContext,
        _ receive: nonisolated(nonsending) (ChatPiece) async throws -> Void
    ) async throws -> ChatReply {
        try await perform(request(messages, tools, settings, isStreamed: true), context, receive)
    }

    /// Asks for an output of a type, by a JSON Schema that the server holds the model to.
    ///
    /// ```swift
    /// struct Invoice: Decodable { let number: String; let total: Double }
    /// let invoice = try await model.output(Invoice.self, for: [.user(scan)], context: context)
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - messages: The conversation.
    ///   - schema: The schema; nil infers it from the type.
    ///   - settings: Further parameters of this request, which take precedence.
    ///   - context: The invocation.
    /// - Returns: The output.
    /// - Throws: ``ModelError``, with ``ModelError/Code/undecodableOutput`` if the output does not match the type, or
    ///   the model refuses; `CancellationError` if the task is cancelled.
    public nonisolated(nonsending) func output<Output: Decodable>(
        _ type: Output.Type = Output.self,
        for messages: [ModelCall.Message],
        schema: JSONSchema? = nil,
        settings: [String: AttributeValue] = [:],
        context: InvocationContext
    ) async throws -> Output {
        let schema = if let schema { schema } else { try JSONSchema(of: type) }
        let request = request(messages, [], settings, output: (Self.schemaName(of: type), schema))
        let reply = try await perform(request, context) { _ in }
        if let refusal = reply.refusal { throw ModelError(.undecodableOutput, "the model refuses: \(refusal)") }
        do {
            return try ModelJSON.decoder.decode(type, from: Data(Self.unfenced(reply.text).utf8))
        } catch {
            let cause = reply.finishReason == "length" ? "; it was cut, raise max_tokens" : ""
            throw ModelError(.undecodableOutput, ModelJSON.description(of: error) + cause, underlying: error)
        }
    }

    /// Returns a name of a schema: letters, digits, `_` and `-`, at most 64.
    private static func schemaName(of type: Any.Type) -> String {
        let name = String(describing: type).utf8.map { byte in
            ChatTool.isNameByte(byte) ? Character(Unicode.Scalar(byte)) : "_"
        }
        return String(name.prefix(ChatTool.maximumNameBytes))
    }

    /// Removes a Markdown fence, which some models put around JSON although the schema forbids it.
    private static func unfenced(_ text: String) -> String {
        let trimmed = text.trimmingSpace()
        guard trimmed.hasPrefix("```"), trimmed.hasSuffix("```"), let start = trimmed.firstIndex(of: "\n") else {
            return text
        }
        return String(trimmed[start...].dropLast(3))
    }

    private func request(
        _ messages: [ModelCall.Message],
        _ tools: [ChatTool],
        _ settings: [String: AttributeValue],
        output: (name: String, schema: JSONSchema)? = nil,
        isStreamed: Bool = false
    ) -> ChatRequest {
        ChatRequest(
            model: name,
            messages: messages,
            tools: tools,
            settings: self.settings.merging(settings) { $1 },
            output: output,
            isStreamed: isStreamed
        )
    }

    // MARK: One call

    nonisolated(nonsending) private func perform(
        _ request: ChatRequest,
        _ context: InvocationContext,
        _ receive: nonisolated(nonsending) (ChatPiece) async throws -> Void
    ) async throws -> ChatReply {
        try await context.tracer.withModelCall(request.recorded(provider: provider)) { recorder in
            var turn = ChatTurn()
            // An incomplete turn is recorded as well.
            defer { recorder.record(turn.response) }
            do {
                let response = try await send(request, context)
                if request.isStreamed, response.isEventStream {
                    try await read(response, into: &turn, recorder, receive)
                } else {
                    for piece in try turn.add(try await response.bytes()) { try await receive(piece) }
                    guard turn.hasBegun || turn.isFinished else {
                        throw ModelError(.malformedResponse, "it has no choice")
                    }
                }
            } catch let error as HTTPError {
                guard error.code != .cancelled else { throw CancellationError() }
                throw ModelError(error, hasBegun: turn.hasBegun)
            }
            let reply = ChatReply(turn.response)
            if request.isStreamed { for call in reply.toolCalls { try await receive(.toolCall(call)) } }
            return reply
        }
    }

    /// Sends the request; a rejected key that is kept in AWS is read again once.
    nonisolated(nonsending) private func send(
        _ chat: ChatRequest,
        _ context: InvocationContext
    ) async throws -> HTTPClient.Response {
        var request = HTTPClient.Request(.post, url, body: .bytes(chat.body))
        request.headers["Content-Type"] = "application/json"
        request.headers["Accept"] = chat.isStreamed ? "text/event-stream" : "application/json"
        request.timeout = timeout
        request.retries = retries
        request.maximumResponseBytes = Self.maximumResponseBytes
        var isFirst = true
        while true {
            try await key.authorize(&request, context)
            let response = try await context.http.send(request)
            if response.isSuccess { return response }
            let error = ModelError(status: response.status, body: try await response.bytes())
            guard error.code == .unauthorized, isFirst, key.forget() else { throw error }
            isFirst = false
        }
    }

    nonisolated(nonsending) private func read(
        _ response: HTTPClient.Response,
        into turn: inout ChatTurn,
        _ recorder: ModelCallRecorder,
        _ receive: nonisolated(nonsending) (ChatPiece) async throws -> Void
    ) async throws {
        var isDone = false
        for try await event in response.events {
            // Whatever follows is not part of the answer.
            if event.data.hasPrefix("[DONE]") {
                isDone = true
                break
            }
            guard !event.data.isEmpty else { continue }
            let pieces = try turn.add(Array(event.data.utf8))
            if turn.hasBegun { recorder.recordFirstToken() }
            for piece in pieces { try await receive(piece) }
        }
        // Some servers send no [DONE], others no reason of the end.
        guard turn.isFinished || isDone && turn.hasBegun else {
            throw ModelError(.incomplete, "the stream ended without a finish_reason")
        }
    }
}

extension HTTPClient.Response {
    /// True for a stream; a server without streaming responds with one document.
    fileprivate var isEventStream: Bool {
        headers["Content-Type"]?.lowercased().hasPrefix("text/event-stream") == true
    }
}

extension ModelError {
    init(_ error: HTTPError, hasBegun: Bool) {
        let code: Code =
            switch error.code {
            case .invalidRequest, .requestBody: .invalidRequest
            case .tooLarge, .malformed, .decoding: .malformedResponse
            default: hasBegun ? .incomplete : .unreachable
            }
        self.init(code, error.description, status: error.status, underlying: error)
    }
}
