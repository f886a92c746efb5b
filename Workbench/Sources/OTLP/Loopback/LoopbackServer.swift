import Glibc
package import Hummingbird
import HummingbirdCore
import Logging
package import NIOCore

/// HTTP server on the loopback interface.
package enum LoopbackServer {
    /// The addresses that a server listens on.
    package enum Addresses: Sendable {
        /// 127.0.0.1 alone, for a peer that is told this address.
        case ipv4
        /// 127.0.0.1 and, where the machine has it, ::1: whatever `localhost` means to a client.
        case both
    }

    /// The limit of connections that the system holds until they are accepted.
    private static let backlogCount = 1_024
    /// The limit of attempts to find a port that is free on both addresses.
    private static let portAttemptLimitCount = 5

    /// Runs a server while a closure runs.
    ///
    /// `port`: The port; 0 for one that the system chooses.
    /// `body`: The closure; its argument is the server's port.
    /// Returns the result of `body`.
    /// Throws the error of `body`; or ``LoopbackError`` when the server cannot listen.
    package static func withServer<Result: Sendable>(
        router: Router<LoopbackContext>,
        registry: ConnectionRegistry,
        port: Int = 0,
        addresses: Addresses = .ipv4,
        _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                registry.closeAll()
                group.cancelAll()
            }
            for _ in 1..<portAttemptLimitCount {
                let chosen = try await listen("127.0.0.1", port, router, registry, &group)
                guard addresses == .both else { return try await body(chosen) }
                do {
                    _ = try await listen("::1", chosen, router, registry, &group)
                    return try await body(chosen)
                } catch let error as LoopbackError where error.isPortInUse {
                    guard port == 0 else { throw error }
                    // Another program has the system's choice on ::1: the next one.
                } catch is LoopbackError {
                    // A machine without IPv6.
                    return try await body(chosen)
                }
            }
            return try await body(try await listen("127.0.0.1", port, router, registry, &group))
        }
    }

    /// Starts a server in a group.
    ///
    /// - Returns: The server's port.
    /// - Throws: ``LoopbackError`` when it cannot listen.
    private static func listen(
        _ host: String,
        _ port: Int,
        _ router: Router<LoopbackContext>,
        _ registry: ConnectionRegistry,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            server: .http1(configuration: .init(additionalChannelHandlers: [ConnectionWatcher(registry: registry)])),
            configuration: .init(address: .hostname(host, port: port), backlog: backlogCount),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { continuation.yield(port) }
                continuation.finish()
            },
            logger: Logger(label: "loopback") { _ in SwiftLogNoOpLogHandler() }
        )
        group.addTask {
            do {
                try await application.run()
                continuation.finish()
            } catch {
                continuation.finish(throwing: LoopbackError(cannotListenOn: host, port, error))
            }
        }
        guard let port = try await ports.first(where: { _ in true }) else {
            throw LoopbackError(reason: "the server ended before it listened")
        }
        return port
    }
}

/// The request context of the routes: adds the connection.
package struct LoopbackContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection of the request.
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }
}

/// An error of a server or client on the loopback interface.
package struct LoopbackError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String
    /// True when another program listens on the port.
    var isPortInUse = false

    /// The reason, for people.
    package var description: String { reason }
}

extension LoopbackError {
    /// The error of a server that cannot listen, with the port, the cause and the remedy.
    init(cannotListenOn host: String, _ port: Int, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            let owner = PortOwner.find(port: port).map { " by \($0)" } ?? ""
            let remedy = "end that program, or choose another port with --port"
            self.init(reason: "port \(port) is in use\(owner); \(remedy)", isPortInUse: true)
        case EACCES:
            self.init(reason: "port \(port) is not allowed for this user; choose one above 1023 with --port")
        default:
            self.init(reason: "cannot listen on \(host), port \(port): \(error); choose another port with --port")
        }
    }
}
