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

    /// The protocol that a server speaks.
    package enum Version: Sendable {
        case http1
        /// HTTP/2 by prior knowledge.
        case http2
    }

    /// The limit of connections that the system holds until they are accepted.
    private static let backlogCount = 1_024
    /// The limit of attempts to find a port that is free on both addresses.
    private static let portAttemptLimitCount = 5

    /// Runs a server while a closure runs.
    ///
    /// `port`: The port; 0 for one that the system chooses.
    /// `option`: The option that chooses another port, for the error's text.
    /// `body`: The closure; its argument is the server's port.
    /// Returns the result of `body`.
    /// Throws the error of `body`; or ``LoopbackError`` when the server cannot listen.
    package static func withServer<Result: Sendable>(
        router: Router<LoopbackContext>,
        registry: ConnectionRegistry,
        port: Int = 0,
        option: String = "--port",
        addresses: Addresses = .ipv4,
        _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let server = Server(router: router, registry: registry, version: .http1, option: option)
        return try await withServer(server, port: port, addresses: addresses) { try await body(try $0.get()) }
    }

    /// Runs a server while a closure runs, or the closure alone when the server cannot listen.
    ///
    /// `router`: The routes.
    /// `version`: The protocol.
    /// `option`: The option that chooses another port, for the error's text.
    /// `body`: The closure; its argument is the server's port, or the reason for which there is none.
    /// Returns the result of `body`.
    /// Throws the error of `body`.
    package static func withOptionalServer<Result: Sendable>(
        router: Router<LoopbackContext>,
        registry: ConnectionRegistry = ConnectionRegistry(),
        version: Version,
        port: Int,
        option: String,
        _ body: @Sendable (_ port: Swift.Result<Int, LoopbackError>) async throws -> Result
    ) async throws -> Result {
        let server = Server(router: router, registry: registry, version: version, option: option)
        return try await withServer(server, port: port, addresses: .both, body)
    }

    private struct Server {
        let router: Router<LoopbackContext>
        let registry: ConnectionRegistry
        let version: Version
        let option: String

        var builder: HTTPServerBuilder {
            let registry = registry
            switch version {
            case .http1:
                return .http1(configuration: .init(additionalChannelHandlers: [ConnectionWatcher(registry: registry)]))
            case .http2: return HTTPServerBuilder { PlainHTTP2Channel(registry: registry, responder: $0) }
            }
        }
    }

    private static func withServer<Result: Sendable>(
        _ server: Server,
        port: Int,
        addresses: Addresses,
        _ body: @Sendable (_ port: Swift.Result<Int, LoopbackError>) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                server.registry.closeAll()
                group.cancelAll()
            }
            let chosen: Swift.Result<Int, LoopbackError>
            do {
                chosen = .success(try await listen(server, port, addresses, &group))
            } catch let error as LoopbackError {
                // One of the two addresses may be served already.
                group.cancelAll()
                chosen = .failure(error)
            }
            return try await body(chosen)
        }
    }

    /// Starts a server on all addresses.
    ///
    /// - Returns: The server's port.
    /// - Throws: ``LoopbackError`` when it cannot listen.
    private static func listen(
        _ server: Server,
        _ port: Int,
        _ addresses: Addresses,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        for _ in 1..<portAttemptLimitCount {
            let chosen = try await listen("127.0.0.1", port, server, &group)
            guard addresses == .both else { return chosen }
            do {
                return try await listen("::1", chosen, server, &group)
            } catch let error as LoopbackError where error.isPortInUse {
                guard port == 0 else { throw error }
                // Another program has the system's choice on ::1: the next one.
            } catch is LoopbackError {
                // A machine without IPv6.
                return chosen
            }
        }
        return try await listen("127.0.0.1", port, server, &group)
    }

    /// Starts a server on one address.
    ///
    /// - Returns: The server's port.
    /// - Throws: ``LoopbackError`` when it cannot listen.
    private static func listen(
        _ host: String,
        _ port: Int,
        _ server: Server,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            router: server.router,
            server: server.builder,
            configuration: .init(address: .hostname(host, port: port), backlog: backlogCount),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { continuation.yield(port) }
                continuation.finish()
            },
            logger: Logger(label: "loopback") { _ in SwiftLogNoOpLogHandler() }
        )
        let option = server.option
        group.addTask {
            do {
                try await application.run()
                continuation.finish()
            } catch {
                continuation.finish(throwing: LoopbackError(cannotListenOn: host, port, error, option))
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
    init(cannotListenOn host: String, _ port: Int, _ error: any Error, _ option: String) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            let owner = PortOwner.find(port: port).map { " by \($0)" } ?? ""
            let remedy = "end that program, or choose another port with \(option)"
            self.init(reason: "port \(port) is in use\(owner); \(remedy)", isPortInUse: true)
        case EACCES:
            self.init(reason: "port \(port) is not allowed for this user; choose one above 1023 with \(option)")
        default:
            self.init(reason: "cannot listen on \(host), port \(port): \(error); choose another port with \(option)")
        }
    }
}
