import TracedLambda
import TracedLambdaModels

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
    private static let instructions = "Answer in a few sentences. Use the tools for sums and for the time."

    /// The agent, or the error of a missing setting, which is sent to each caller: an error in the init would end the
    /// process without a response.
    private let agent: Result<ChatAgent, any Error>

    init() {
        agent = Result {
            let model = try ChatModel(settings: ["temperature": 0])
            return ChatAgent("assistant", model: model, instructions: Self.instructions, tools: try Toolbox().tools)
        }
    }

    func handle(_ event: HTTPRequestEvent, to response: ResponseStream, context: InvocationContext) async throws {
        do {
            let request = try Self.request(event)
            let agent = try agent.get()
            if request.stream == true {
                let headers = ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]
                try response.start(ResponseHead(headers: headers))
                let reply = try await agent.answer([.user(request.question)], context: context) { piece in
                    if let step = AgentStep.piece(piece) { try await response.send(step.event()) }
                }
                try await response.send(AgentStep.done(reply.text, context.session.id).event())
            } else {
                let reply = try await agent.answer(request.question, context: context)
                try await send(.done(reply.text, context.session.id), status: 200, to: response)
            }
        } catch let error as AgentError {
            // The caller's mistakes are not failures of this function.
            try await send(.failed(error.message), status: error.status, to: response)
        } catch let error as ModelError {
            context.tracer.enrichSpan(error: error.description)
            let status = error.code == .configuration ? 500 : 502
            do {
                try await send(.failed(error.description), status: status, to: response)
            } catch let closed as ResponseStreamError where closed.code == .alreadyStarted {
                try await response.send(AgentStep.failed(error.description).event())
            }
        }
    }

    private static func request(_ event: HTTPRequestEvent) throws(AgentError) -> Request {
        guard event.method == "POST" else { throw AgentError(status: 405, message: "use POST") }
        guard let request = try? event.decode(Request.self) else {
            throw AgentError(status: 400, message: #"the body must be JSON like {"question": "…", "stream": true}"#)
        }
        guard !request.question.isEmpty else { throw AgentError(status: 400, message: "the question is empty") }
        guard request.question.utf8.count <= maximumQuestionBytes else {
            throw AgentError(status: 413, message: "the question is longer than \(maximumQuestionBytes) bytes")
        }
        return request
    }

    private func send(_ step: AgentStep, status: Int, to response: ResponseStream) async throws {
        try response.start(ResponseHead(status: status, headers: ["Content-Type": "application/json"]))
        try await response.write(step.json())
    }
}

/// A mistake of the caller.
struct AgentError: Error {
    let status: Int
    let message: String
}
