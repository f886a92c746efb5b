import Glibc

/// Serves all ports and connections on the thread that measures: no hand-over between threads adds to what is measured.
final class Poller {
    private var listeners: [Int32: any Endpoint] = [:]
    private var connections: [Int32: Connection] = [:]
    private var watched: [pollfd] = []

    /// - Returns: The port.
    func listen(_ endpoint: any Endpoint) throws -> UInt16 {
        let (descriptor, port) = try Socket.listen()
        listeners[descriptor] = endpoint
        watch(descriptor)
        return port
    }

    /// Closes an endpoint's port and its connections.
    func forget(_ endpoint: any Endpoint) {
        for (descriptor, owner) in listeners where owner === endpoint {
            listeners[descriptor] = nil
            unwatch(descriptor)
            close(descriptor)
        }
        for (descriptor, connection) in connections where connection.belongs(to: endpoint) { drop(descriptor) }
    }

    /// Serves until something has come about.
    ///
    /// - Parameter seconds: The longest that it may take.
    /// - Returns: Whether it has.
    func serve(within seconds: Int64, until isDone: () -> Bool) throws -> Bool {
        let end = Clock.now + seconds * Clock.nanosecondsPerSecond
        while !isDone() {
            let left = end - Clock.now
            guard left > 0 else { return false }
            let count = poll(&watched, nfds_t(watched.count), Int32(left / Clock.nanosecondsPerMillisecond + 1))
            guard count >= 0 || errno == EINTR else { throw BenchError.system("poll") }
            if count > 0 { try serveReady() }
        }
        return true
    }

    private func serveReady() throws {
        for entry in watched where entry.revents != 0 {
            if let connection = connections[entry.fd] {
                if try !connection.read() { drop(entry.fd) }
            } else if let endpoint = listeners[entry.fd] {
                let descriptor = try Socket.accept(entry.fd)
                connections[descriptor] = Connection(descriptor, endpoint: endpoint)
                watch(descriptor)
            }
        }
    }

    private func watch(_ descriptor: Int32) {
        watched.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    }

    private func unwatch(_ descriptor: Int32) { watched.removeAll { $0.fd == descriptor } }

    private func drop(_ descriptor: Int32) {
        connections[descriptor] = nil
        unwatch(descriptor)
    }
}
