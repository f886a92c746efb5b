import CurlTransport
import Dispatch
import TracedLambda

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A client of an endpoint with OpenAI's chat API.
///
/// It uses this repository's own transport, so that the function remains one static executable. In your own package,
/// use the HTTP client of your choice behind ``ModelClient``.
struct OpenAIClient: ModelClient {
    /// The maximum size of a response, in bytes, which also limits the unread chunks.
    static let maximumResponseBytes = 4 * 1024 * 1024

    private struct Body: Encodable {
        struct StreamOptions: Encodable {
            let includeUsage = true
        }

        let model: String
        let messages: [ChatMessage]
        let tools: AttributeValue
        let stream = true
        let streamOptions = StreamOptions()
    }

    let name: String
    private let url: String
    private let key: String
    private let trust: TLSTrust

    /// Reads the settings.
    ///
    /// - Parameter environment: The process's environment.
    /// - Throws: ``AgentError`` if a variable is unset.
    init(_ environment: [String: String]) throws(AgentError) {
        func setting(_ name: String) throws(AgentError) -> String {
            guard let value = environment[name], !value.isEmpty else {
                throw AgentError(status: 500, "the function's environment has no \(name)")
            }
            return value
        }
        url = try setting("OPENAI_BASE_URL") + "/chat/completions"
        key = try setting("OPENAI_API_KEY")
        name = try setting("OPENAI_MODEL")
        // The deployment package contains certificate authorities; elsewhere the system's are used.
        let packaged = (environment["LAMBDA_TASK_ROOT"] ?? ".") + "/certs"
        trust = FileManager.default.fileExists(atPath: packaged) ? .hashedDirectory(packaged) : .systemDefault
    }

    func turn(
        _ messages: [ChatMessage],
        tools: AttributeValue,
        headers: [String: String],
        timeout: Duration
    ) -> AsyncThrowingStream<ChatChunk, any Error> {
        AsyncThrowingStream { continuation in
            // If the consumer stops, the exchange is aborted.
            let interrupt = CurlInterrupt()
            continuation.onTermination = { _ in interrupt.raise() }
            // libcurl blocks, so it must not run on the cooperative pool: a separate queue has its own thread.
            DispatchQueue(label: "OpenAIClient").async {
                do {
                    let request = try request(messages, tools, headers, timeout)
                    try Self.perform(request, interrupt: interrupt) { continuation.yield($0) }
                    continuation.finish()
                } catch let error as CurlError {
                    let reason = "the model's server gave no answer: \(error.code.rawValue)"
                    continuation.finish(throwing: AgentError(status: 502, reason))
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }

    private func request(
        _ messages: [ChatMessage],
        _ tools: AttributeValue,
        _ headers: [String: String],
        _ timeout: Duration
    ) throws -> HTTPRequest {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let body = try encoder.encode(Body(model: name, messages: messages, tools: tools))
        var fields: HTTPHeaders = ["Authorization": "Bearer \(key)", "Content-Type": "application/json"]
        for (name, value) in headers { fields.append(name: name, value: value) }
        return HTTPRequest(
            .post,
            url: url,
            headers: fields,
            body: Array(body),
            timeout: timeout,
            maximumResponseBytes: Self.maximumResponseBytes,
            proxy: .environment,
            trust: trust
        )
    }

    private static func perform(
        _ request: HTTPRequest,
        interrupt: CurlInterrupt,
        yield: (ChatChunk) -> Void
    ) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var events = EventData()
        var isMalformed = false
        var curl = try CurlHandle()
        let response = try curl.stream(request, interrupt: interrupt) { bytes in
            events.read(bytes) { data in
                do { yield(try decoder.decode(ChatChunk.self, from: Data(data))) } catch { isMalformed = true }
            }
        }
        guard response.status == 200 else {
            throw AgentError(status: 502, "the model's server answered with HTTP \(response.status)")
        }
        if isMalformed { throw AgentError(status: 502, "the model's server sent something that is no chat chunk") }
    }
}
