internal import Glibc

/// A TCP server on the loopback interface that answers as a script says, faults included.
///
/// It is a real one: real sockets, a thread for each connection, a port of its own.
package struct ScriptedServer: Sendable {
    /// The port on 127.0.0.1.
    package let port: UInt16
    private let core: ServerCore

    /// Runs a server while the body runs.
    ///
    /// - Parameters:
    ///   - steps: One for each request or connection, in the order of their arrival. A request beyond them is answered
    ///     with HTTP 599.
    ///   - body: Gets the server, valid only for the duration of the call.
    /// - Returns: What the body returns.
    /// - Throws: ``SystemError`` when the system has no socket or thread left; what the body throws.
    package static func serving<Result>(
        _ steps: [ScriptStep],
        _ body: (ScriptedServer) throws -> Result
    ) throws -> Result {
        let core = ServerCore(steps)
        let server = try start(core)
        defer { core.stop() }
        return try body(server)
    }

    private static func start(_ core: ServerCore) throws -> ScriptedServer {
        let listener = try Socket.listener()
        let server = ScriptedServer(port: try listener.localPort(), core: core)
        // The thread closes its copy; this one is closed here, at the end of its scope.
        let descriptor = fcntl(listener.descriptor, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("fcntl") }
        guard core.start(listener: descriptor) else {
            close(descriptor)
            throw SystemError("pthread_create")
        }
        return server
    }

    /// A port where nobody listens.
    ///
    /// It stays reserved for this process while the body runs, so that no other test gets it.
    ///
    /// - Returns: What the body returns.
    /// - Throws: ``SystemError`` when the system has no socket left; what the body throws.
    package static func withDeadPort<Result>(_ body: (UInt16) throws -> Result) throws -> Result {
        let socket = try Socket.bound()
        return try body(socket.localPort())
    }

    /// `http://127.0.0.1:PORT` and the given path.
    package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The whole requests so far, in the order of their arrival.
    package var requests: [RecordedRequest] { core.requests }

    /// Waits for the next news of bodies in chunks, in the order in which they come.
    ///
    /// - Parameter seconds: How long at most; far more than it takes, so that a loaded machine fails no test.
    /// - Returns: Nil when none came.
    package func nextBodyNews(within seconds: Int = 30) -> BodyNews? { core.nextBodyNews(within: seconds) }

    /// How many connections have been accepted.
    package var connectionCount: Int { core.connectionCount }

    /// How many steps have not been taken yet.
    package var unusedStepCount: Int { core.unusedStepCount }
}
