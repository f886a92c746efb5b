package import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// HTTP server on the loopback interface.
package enum LoopbackServer {
    /// Runs a server while a closure runs.
    ///
    /// - Parameters:
    ///   - router: The routes.
    ///   - registry: The registry of the server's connections.
    ///   - port: The port; 0 for one that the system chooses.
    ///   - body: The closure; its argument is the server's port.
    /// - Returns: The result of `body`.
    /// - Throws: The error of `body`; or ``LoopbackError`` when the server cannot listen.
    package static func withServer<Result: Sendable>(
        router: Router<LoopbackContext>,
        registry: ConnectionRegistry,
        port: Int = 0,
        _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            server: .http1(configuration: .init(additionalChannelHandlers: [ConnectionWatcher(registry: registry)])),
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { continuation.yield(port) }
                continuation.finish()
            },
            logger: Logger(label: "loopback") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await application.run()
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: LoopbackError(cannotListenOn: port, error))
                }
            }
            defer {
                registry.closeAll()
                group.cancelAll()
            }
            guard let port = try await ports.first(where: { _ in true }) else {
                throw LoopbackError(reason: "the server ended before it listened")
            }
            return try await body(port)
        }
    }
}
