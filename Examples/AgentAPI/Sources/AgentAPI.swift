import TracedLambda

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An agent behind a function URL: takes a question, asks a language model, and runs the tools that the model calls.
///
/// The response to `POST {"question": "…", "stream": true}` is a stream of server-sent events, without `stream` one
/// JSON object.
@main
struct AgentAPI: StreamingTracedHandler {
    private struct Request: Decodable {
        let question: String
        let stream: Bool?
    }

    /// The maximum length of a question, in bytes.
    static let maximumQuestionBytes = 16 * 1024

    /// The model, or the error of a missing setting, which is sent to each caller: an error in the init would end the
    /// process without a response.
    private let model: Result<any ModelClient, AgentError>

    init() {
        self.init(environment: ProcessInfo.processInfo.environment)
    }

    init(environment: [String: String]) {
        do throws(AgentError) { model = .success(try OpenAIClient(environment)) } catch { model = .failure(error) }
    }

    init(model: any ModelClient) {
        self.model = .success(model)
    }

    func handle(_ event: HTTPRequestEvent, to response: ResponseStream, context: InvocationContext) async throws {
        do {
            let request = try Self.request(event)
            let agent = Agent(model: try model.get(), context: context)
            if request.stream == true {
                let headers = ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]
                try response.start(ResponseHead(headers: headers))
                let answer = try await agent.answer(request.question) { try await response.send($0.event()) }
                try await response.send(AgentStep.done(answer, context.session.id).event())
            } else {
                let answer = try await agent.answer(request.question) { _ in }
                try await send(.done(answer, context.session.id), status: 200, to: response)
            }
        } catch let error as AgentError {
            // The caller's mistakes are not failures of this function.
            if error.status >= 500 { context.tracer.enrichSpan(error: error.description) }
            do {
                try await send(.failed(error), status: error.status, to: response)
            } catch let closed as ResponseStreamError where closed.code == .alreadyStarted {
                try await response.send(AgentStep.failed(error).event())
            }
        }
    }

    private static func request(_ event: HTTPRequestEvent) throws(AgentError) -> Request {
        guard event.method == "POST" else { throw AgentError(status: 405, "use POST") }
        guard let request = try? event.decode(Request.self) else {
            throw AgentError(status: 400, #"the body must be JSON like {"question": "…", "stream": true}"#)
        }
        guard !request.question.isEmpty else { throw AgentError(status: 400, "the question is empty") }
        guard request.question.utf8.count <= maximumQuestionBytes else {
            throw AgentError(status: 413, "the question is longer than \(maximumQuestionBytes) bytes")
        }
        return request
    }

    private func send(_ step: AgentStep, status: Int, to response: ResponseStream) async throws {
        try response.start(ResponseHead(status: status, headers: ["Content-Type": "application/json"]))
        try await response.write(step.json())
    }
}
