import TracedLambda
import TracedLambdaModels

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A message to the caller: one event in a stream; without a stream, the last step is the body.
struct AgentStep: Equatable {
    let name: String
    let fields: [String: String]

    /// Returns the step of a piece; nil if the caller does not receive it.
    static func piece(_ piece: ChatPiece) -> AgentStep? {
        switch piece {
        case .text(let text): AgentStep(name: "text", fields: ["text": text])
        case .toolResult(let call, let result):
            AgentStep(name: "tool", fields: ["name": call.name, "arguments": call.argumentText, "result": result])
        case .reasoning, .toolCall: nil
        }
    }

    static func done(_ answer: String, _ session: SessionID) -> AgentStep {
        AgentStep(name: "done", fields: ["answer": answer, "session_id": session.description])
    }

    static func failed(_ error: String) -> AgentStep { AgentStep(name: "error", fields: ["error": error]) }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }

    func event() throws -> ServerSentEvent { ServerSentEvent(data: try json(), event: name) }
}
