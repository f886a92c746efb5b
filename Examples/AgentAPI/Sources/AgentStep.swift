import TracedLambda

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A message to the caller: one event in a stream; without a stream, the last step is the body.
struct AgentStep: Equatable {
    let name: String
    let fields: [String: String]

    static func text(_ piece: String) -> AgentStep { AgentStep(name: "text", fields: ["text": piece]) }

    static func tool(_ call: ToolCall, result: String) -> AgentStep {
        AgentStep(
            name: "tool",
            fields: ["name": call.function.name, "arguments": call.function.arguments, "result": result]
        )
    }

    static func done(_ answer: String, _ session: SessionID) -> AgentStep {
        AgentStep(name: "done", fields: ["answer": answer, "session_id": session.description])
    }

    static func failed(_ error: AgentError) -> AgentStep {
        AgentStep(name: "error", fields: ["error": error.description])
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }

    func event() throws -> ServerSentEvent { ServerSentEvent(data: try json(), event: name) }
}
