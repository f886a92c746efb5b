import TracedLambda
import TracedLambdaModels

/// Answers a question with a language model.
@main
struct Responder: TracedHandler {
    struct Question: Decodable {
        let question: String
    }

    struct Reply: Encodable {
        let answer: String
    }

    private let model: ChatModel

    init() throws {
        model = try ChatModel()
    }

    func handle(_ event: Question, context: InvocationContext) async throws -> Reply {
        let reply = try await model.reply(to: [.user(event.question)], context: context)
        return Reply(answer: reply.text)
    }
}
