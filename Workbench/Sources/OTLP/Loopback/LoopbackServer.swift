import Glibc
package import HTTPTypes
package import Hummingbird
import HummingbirdCore
import Logging
package import NIOCore
import NIOHTTPTypes
import Synchronization

/// HTTP server on the loopback interface.
package enum LoopbackServer {
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

/// The open connections of a server.
///
/// Limits their number, and closes them when the server stops.
package final class ConnectionRegistry: Sendable {
    /// The limit of open connections; further ones are closed at once.
    static let connectionLimitCount = 256

    private struct Entry {
        let channel: any Channel
        var trailers: HTTPFields?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Makes an empty registry.
    package init() {}

    /// Closes every open connection and every later one.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosed = true
            return state.entries.values.map(\.channel)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Returns the trailers of the latest request on a connection.
    ///
    /// - Returns: The trailers, or `nil` when the request had none.
    package func trailers(on channel: any Channel) -> HTTPFields? {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.trailers }
    }

    func insert(_ channel: any Channel) {
        let isAccepted = state.withLock { state in
            guard !state.isClosed, state.entries.count < Self.connectionLimitCount else { return false }
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel)
            return true
        }
        guard isAccepted else {
            channel.close(promise: nil)
            return
        }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { $0.entries[ObjectIdentifier(channel)] = nil }
        }
    }

    func setTrailers(_ trailers: HTTPFields?, on channel: any Channel) {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.trailers = trailers }
    }
}

/// Channel handler that registers a connection and stores the trailers of its requests.
///
/// The server supports half-closed connections. This handler closes a connection whose input the peer has closed: a
/// function that has died in an open `/next` would otherwise still be handed an event.
final class ConnectionWatcher: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let registry: ConnectionRegistry

    init(registry: ConnectionRegistry) {
        self.registry = registry
    }

    func handlerAdded(context: ChannelHandlerContext) {
        registry.insert(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end(let trailers) = unwrapInboundIn(data) {
            registry.setTrailers(trailers, on: context.channel)
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        }
    }
}

/// An error of a server or client on the loopback interface.
package struct LoopbackError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}

extension LoopbackError {
    /// The error of a server that cannot listen, with the port, the cause and the remedy.
    init(cannotListenOn port: Int, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            let owner = PortOwner.find(port: port).map { " by \($0)" } ?? ""
            self.init(reason: "port \(port) is in use\(owner); end that program, or choose another port with --port")
        case EACCES:
            self.init(reason: "port \(port) is not allowed for this user; choose one above 1023 with --port")
        default:
            self.init(reason: "cannot listen on 127.0.0.1:\(port): \(error); choose another port with --port")
        }
    }
}
