import TracedLambda

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Behind a function URL: lets one function answer a question, and tells another one the answer without waiting for it.
@main
struct Orchestrator: TracedHandler {
    struct Question: Codable {
        let question: String
    }

    struct Answer: Codable {
        let answer: String
    }

    struct FollowUp: Encodable {
        let input: String
    }

    /// The functions' names: SAM gives them longer ones than those of the products.
    private let answering: String
    private let following: String

    init() {
        let environment = ProcessInfo.processInfo.environment
        answering = environment["ANSWER_FUNCTION"] ?? "Responder"
        following = environment["FOLLOW_UP_FUNCTION"] ?? "HelloSession"
    }

    func handle(_ event: HTTPRequestEvent, context: InvocationContext) async throws -> HTTPReply {
        guard let question = try? event.decode(Question.self) else {
            return try event.reply(status: 400, json: ["error": #"the body must be JSON like {"question": "…"}"#])
        }
        let answer: Answer = try await context.invoke(answering, question)
        try await context.sendEvent(to: following, FollowUp(input: answer.answer))
        return try event.reply(json: answer)
    }
}
