import AsyncHTTPClient
import Foundation
import TracedLambda

// TracedLambda has a client of this name, too.
private typealias HTTPClient = AsyncHTTPClient.HTTPClient

/// Asks a model, and hands its answer to the next service.
struct ModelCaller: TracedHandler {
    struct Event: Decodable {
        let question: String
        let model: String
        let next: String
    }

    private struct Completion: Decodable {
        let text: String
        let tokens: Int
    }

    // One client per process; async-http-client does not allow that one is released without a call of shutdown().
    private static let services = HTTPClient(eventLoopGroupProvider: .singleton)
    private static let models: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.tracing.tracer = nil
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func handle(_ event: Event, context: InvocationContext) async throws -> String {
        let call = ModelCall(
            .chat,
            provider: "example",
            model: "small-1",
            messages: [.init(role: "user", content: event.question)]
        )
        let answer = try await context.tracer.withModelCall(call) { recorder in
            let body = try JSONEncoder().encode(["prompt": event.question])
            let reply = try await post(body, to: event.model, with: Self.models)
            let completion = try JSONDecoder().decode(Completion.self, from: reply)
            let choices = [ModelCall.Message(role: "assistant", content: completion.text)]
            recorder.record(ModelResponse(choices: choices, outputTokens: completion.tokens))
            return completion.text
        }
        let reply = try await post(Data(answer.utf8), to: event.next, with: Self.services)
        return String(decoding: reply, as: UTF8.self)
    }

    private func post(_ body: Data, to url: String, with client: HTTPClient) async throws -> Data {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(body)
        let response = try await client.execute(request, timeout: .seconds(20))
        guard response.status == .ok else { throw URLError(.badServerResponse) }
        return Data(try await response.body.collect(upTo: 1024 * 1024).readableBytesView)
    }
}
