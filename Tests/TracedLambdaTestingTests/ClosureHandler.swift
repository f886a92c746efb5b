import TracedLambda

/// A handler with a closure from the test.
struct ClosureHandler: TracedHandler {
    struct Event: Decodable, Sendable {
        let text: String
    }

    struct Reply: Codable, Sendable, Equatable {
        let text: String
    }

    typealias Body = @Sendable (String, InvocationContext) async throws -> String

    private let body: Body

    init() {
        body = { text, _ in text }
    }

    init(_ body: @escaping Body) {
        self.body = body
    }

    func handle(_ event: Event, context: InvocationContext) async throws -> Reply {
        Reply(text: try await body(event.text, context))
    }
}

/// An event of that handler.
let someEvent = #"{"text": "hello"}"#
