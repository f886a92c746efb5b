import FoundationEssentials
import Synchronization
import TracedLambda
import TracedLambdaTesting

@testable import AgentAPI

/// A model with scripted turns that records its requests.
final class ScriptedModel: ModelClient {
    struct Asked: Sendable {
        let messages: [ChatMessage]
        let headers: [String: String]
        let timeout: Duration
    }

    private struct State {
        var turns: [[String]]
        var asked: [Asked] = []
    }

    let name = "test-model"
    private let state: Mutex<State>
    private let clock: TestClock
    private let failure: AgentError?

    /// - Parameters:
    ///   - turns: Each turn's chunks in the API's format; the last turn is repeated.
    ///   - clock: The clock, advanced by 250 ms before each chunk.
    ///   - failure: The error that ends each turn after its chunks.
    init(_ turns: [[String]], clock: TestClock = TestClock(), failure: AgentError? = nil) {
        state = Mutex(State(turns: turns))
        self.clock = clock
        self.failure = failure
    }

    var asked: [Asked] { state.withLock { $0.asked } }

    func turn(
        _ messages: [ChatMessage],
        tools: AttributeValue,
        headers: [String: String],
        timeout: Duration
    ) -> AsyncThrowingStream<ChatChunk, any Error> {
        let chunks = state.withLock { state in
            state.asked.append(Asked(messages: messages, headers: headers, timeout: timeout))
            return state.turns.count > 1 ? state.turns.removeFirst() : state.turns.first ?? []
        }
        let rest = Mutex(chunks[...])
        return AsyncThrowingStream { [clock, failure] in
            guard let chunk = rest.withLock({ $0.popFirst() }) else {
                if let failure { throw failure }
                return nil
            }
            clock.advance(by: .milliseconds(250))
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(ChatChunk.self, from: Data(chunk.utf8))
        }
    }
}
