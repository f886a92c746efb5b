/// One chunk of a streamed answer (https://platform.openai.com/docs/api-reference/chat-streaming).
struct ChatChunk: Decodable, Sendable {
    struct Choice: Decodable, Sendable {
        let delta: Delta?
        let finishReason: String?
    }

    struct Delta: Decodable, Sendable {
        let content: String?
        let toolCalls: [CallPart]?
    }

    struct CallPart: Decodable, Sendable {
        struct Function: Decodable, Sendable {
            let name: String?
            let arguments: String?
        }

        let index: Int
        let id: String?
        let function: Function?
    }

    struct Usage: Decodable, Sendable {
        let promptTokens: Int?
        let completionTokens: Int?
    }

    let id: String?
    let model: String?
    let choices: [Choice]?
    let usage: Usage?
}
