internal import Glibc

/// A TCP server on the loopback interface with scripted responses and faults.
///
/// It uses real sockets, a thread per connection, and a port of its own.
package struct ScriptedServer: Sendable {
    /// The port on 127.0.0.1.
    package let port: UInt16
    private let core: ServerCore

    /// Runs a server during the body.
    ///
    /// - Parameters:
    ///   - steps: One step for each request or connection, in the order of arrival. Further requests receive HTTP 599.
    ///   - body: Receives the server, valid during the call.
    /// - Returns: The body's result.
    /// - Throws: ``SystemError`` if the system cannot create a socket or thread; the body's error.
    package static func serving<Result>(
        _ steps: [ScriptStep],
        _ body: (ScriptedServer) throws -> Result
    ) throws -> Result {
        let core = ServerCore(steps)
        let server = try start(core)
        defer { core.stop() }
        return try body(server)
    }

    /// Runs a server during an asynchronous body, as the function of this name does.
    package nonisolated(nonsending) static func serving<Result>(
        _ steps: [ScriptStep],
        _ body: nonisolated(nonsending) (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let core = ServerCore(steps)
        let server = try start(core)
        defer { core.stop() }
        return try await body(server)
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

    /// Reserves a port on which no process listens, during the body.
    ///
    /// The port stays reserved, so that no other test gets it.
    ///
    /// - Returns: The body's result.
    /// - Throws: ``SystemError`` if the system cannot create a socket; the body's error.
    package static func withDeadPort<Result>(_ body: (UInt16) throws -> Result) throws -> Result {
        let socket = try Socket.bound()
        return try body(socket.localPort())
    }

    /// Returns `http://127.0.0.1:PORT` with the given path.
    package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The complete requests so far, in the order of arrival.
    package var requests: [RecordedRequest] { core.requests }

    /// Waits for the next event of chunked bodies, in the order of arrival.
    ///
    /// - Parameter seconds: The timeout in seconds, long enough for a loaded machine.
    /// - Returns: The event; nil after the timeout.
    package func nextBodyEvent(within seconds: Int = 30) -> BodyEvent? { core.nextBodyEvent(within: seconds) }

    /// Waits for the next request's head.
    ///
    /// - Parameter seconds: The timeout in seconds, long enough for a loaded machine.
    /// - Returns: False after the timeout.
    package func waitForHead(within seconds: Int = 30) -> Bool { core.waitForHead(within: seconds) }

    /// Waits until the server has closed the next of its connections.
    ///
    /// - Parameter seconds: The timeout in seconds, long enough for a loaded machine.
    /// - Returns: False after the timeout.
    package func waitForConnectionEnd(within seconds: Int = 30) -> Bool { core.waitForConnectionEnd(within: seconds) }

    /// The number of accepted connections.
    package var connectionCount: Int { core.connectionCount }

    /// The number of steps not used yet.
    package var unusedStepCount: Int { core.unusedStepCount }
}
