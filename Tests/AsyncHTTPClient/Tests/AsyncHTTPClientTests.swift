import AsyncHTTPClient
import NIOCore
import Testing
import TracedLambda
import TracedLambdaTesting

/// A handler that calls the echo server inside a step, with a client that does not use this framework.
private struct Caller: TracedHandler {
    struct Event: Decodable {
        let port: Int
    }

    func handle(_ event: Event, context: InvocationContext) async throws -> [String] {
        // The client captures the process's tracer when it is created.
        let client = AsyncHTTPClient.HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            let echoes = try await context.tracer.enrichSpanContext(eventName: "fan-out", type: .chain) { _ in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            let request = HTTPClientRequest(url: "http://127.0.0.1:\(event.port)/echo")
                            let response = try await client.execute(request, timeout: .seconds(10))
                            return String(buffer: try await response.body.collect(upTo: 65_536))
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            try await client.shutdown()
            return echoes
        } catch {
            try await client.shutdown()
            throw error
        }
    }
}

@Suite("AsyncHTTPClient")
struct AsyncHTTPClientTests {
    @Test("its requests are spans of the invocation, and carry the session and themselves as the parent")
    func joinsTheTrace() async throws {
        let server = try await HeaderEcho()
        let session = "11111111-2222-4333-8444-000000000001"
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let invocation = await LambdaTester(Caller()).invoke(
            json: #"{"session_id": "\#(session)", "port": \#(server.port), "traceparent": "\#(parent)"}"#
        )
        try await server.close()

        let echoes: [String] = try invocation.output()
        let step = try #require(invocation.spans.first { $0.name == "fan-out" })
        let requests = invocation.spans.filter { $0.parentID == step.id }
        #expect(requests.count == 3)
        #expect(invocation.spans.count == 5)
        #expect(invocation.spans.allSatisfy { $0.sessionID == session })
        #expect(requests.allSatisfy { $0.traceID.description == "0af7651916cd43dd8448eb211c80319c" })
        let parents = echoes.map { $0.split(separator: "\n", omittingEmptySubsequences: false).first ?? "" }.sorted()
        #expect(parents == requests.map { "00-\($0.traceID)-\($0.id)-01" }.sorted())
        #expect(echoes.allSatisfy { $0.contains("session_id=\(session)") })
    }
}
