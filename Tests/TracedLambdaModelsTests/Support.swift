import TracedLambda
import TracedLambdaModels
import TracedLambdaTesting

/// A handler that runs a closure.
struct Runner: TracedHandler {
    struct Event: Decodable {}

    let body: @Sendable (InvocationContext) async throws -> String

    init() {
        body = { _ in "" }
    }

    init(_ body: @escaping @Sendable (InvocationContext) async throws -> String) {
        self.body = body
    }

    func handle(_ event: Event, context: InvocationContext) async throws -> String { try await body(context) }
}

/// Runs a closure in an invocation whose calls a stub answers.
func invoke(
    _ stub: HTTPStub,
    environment: [String: String] = [:],
    timeout: Duration = .seconds(30),
    _ body: @escaping @Sendable (InvocationContext) async throws -> String
) async -> TestInvocation {
    await LambdaTester(Runner(body), environment: environment, http: stub).invoke(json: "{}", timeout: timeout)
}

/// A model at a server that does not exist.
func model(
    settings: [String: AttributeValue] = [:],
    key: ChatModel.Key = .text("sk-secret")
) throws(ModelError) -> ChatModel {
    try ChatModel("m-1", url: "https://model.example/v1", key: key, settings: settings)
}

extension TestInvocation {
    var failureMessage: String? {
        if case .failure(let failure) = result { failure.message } else { nil }
    }

    /// The span of the first model call.
    var modelSpan: RecordedSpan? { spans.first { $0.eventType == .model } }
}

extension HTTPStub.Reply {
    /// A stream of chunks, and `[DONE]` unless it is left out.
    static func chunks(_ chunks: [String], done: Bool = true) -> HTTPStub.Reply {
        .events((chunks + (done ? ["[DONE]"] : [])).map { ServerSentEvent(data: $0) })
    }
}
