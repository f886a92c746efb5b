import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import OTLP

@Suite("Time limits of connections", .timeLimit(.minutes(2)))
struct ConnectionTimeoutTests {
    @Test(
        "idle and half-sent requests end after their time",
        arguments: [
            "", "GET / HT", "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        ]
    )
    func ends(_ beginning: String) async throws {
        let registry = ConnectionRegistry(timeouts: ConnectionTimeouts(idleSeconds: 1, bodySeconds: 1))
        let router = CollectorRoutes(store: InMemoryTraceStore()).router
        try await LoopbackServer.withServer(router: router, registry: registry) { port in
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: beginning))
            // Returns when the server has closed the connection.
            try await channel.closeFuture.get()
        }
    }

    @Test("a response may take longer than any of these times")
    func answering() async throws {
        let registry = ConnectionRegistry(timeouts: ConnectionTimeouts(idleSeconds: 1, bodySeconds: 1))
        let router = CollectorRoutes(store: SlowStore()).router
        try await LoopbackServer.withServer(router: router, registry: registry) { port in
            let span =
                #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\#(String(repeating: "1", count: 32))","#
                + #""spanId":"\#(String(repeating: "1", count: 16))"}]}]}]}"#
            let answer = try await LoopbackClient.send(
                .post,
                port: port,
                path: "/v1/traces",
                headers: [.contentType: "application/json"],
                body: Array(span.utf8)
            )
            #expect(answer.head.status == .ok)
        }
    }

    /// A store that takes longer than the connection's limits.
    private struct SlowStore: TraceStore {
        func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws {
            try await Task.sleep(for: .seconds(2))
        }
    }
}
