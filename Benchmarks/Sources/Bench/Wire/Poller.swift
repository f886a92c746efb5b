import CSystem
import Glibc

/// Serves all ports and connections on the measuring thread, so that no thread switch adds to the measurements.
final class Poller {
    private struct Listener {
        let endpoint: any Endpoint
        let accept: (Int32) throws -> any PolledConnection
    }

    private struct Timer {
        let time: Int64
        let action: () throws -> Void
    }

    private var listeners: [Int32: Listener] = [:]
    private var connections: [Int32: any PolledConnection] = [:]
    private var watched: [pollfd] = []
    /// The timers, earliest first.
    private var timers: [Timer] = []

    /// Opens a port and returns its number.
    func listen(_ endpoint: any Endpoint) throws -> UInt16 {
        try listen(endpoint) { Connection($0, endpoint: endpoint) }
    }

    /// Opens the port of a TLS server with the given round trip in nanoseconds, and returns its number.
    func listen(_ endpoint: any Endpoint, identity: TLSIdentity, roundTrip: Int64) throws -> UInt16 {
        try listen(endpoint) { [unowned self] in
            try DistantConnection($0, endpoint: endpoint, on: self, identity: identity, roundTrip: roundTrip)
        }
    }

    /// Closes an endpoint's port and its connections.
    func forget(_ endpoint: any Endpoint) {
        for (descriptor, listener) in listeners where listener.endpoint === endpoint {
            listeners[descriptor] = nil
            unwatch(descriptor)
            close(descriptor)
        }
        for (descriptor, connection) in connections where connection.belongs(to: endpoint) { drop(descriptor) }
    }

    /// Schedules an action at a time of ``Clock/now``, after all actions of the same time or earlier.
    func schedule(at time: Int64, _ action: @escaping () throws -> Void) {
        let place = timers.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
        timers.insert(Timer(time: time, action: action), at: place)
    }

    /// Serves until the condition holds or the timeout in seconds has passed; returns true in the former case.
    func serve(within seconds: Int64, until isDone: () -> Bool) throws -> Bool {
        let end = Clock.now + seconds * Clock.nanosecondsPerSecond
        while !isDone() {
            let now = Clock.now
            guard now < end else { return false }
            let next = min(end, timers.first?.time ?? end)
            let count = csystem_poll(&watched, nfds_t(watched.count), max(0, next - now))
            guard count >= 0 || errno == EINTR else { throw BenchError.system("poll") }
            if count > 0 { try serveReady() }
            try serveTimers()
        }
        return true
    }

    private func serveReady() throws {
        for entry in watched where entry.revents != 0 {
            if let connection = connections[entry.fd] {
                if try !connection.read() { drop(entry.fd) }
            } else if let listener = listeners[entry.fd] {
                let descriptor = try Socket.accept(entry.fd)
                connections[descriptor] = try listener.accept(descriptor)
                watch(descriptor)
            }
        }
    }

    private func serveTimers() throws {
        while let timer = timers.first, timer.time <= Clock.now {
            timers.removeFirst()
            try timer.action()
        }
    }

    private func listen(
        _ endpoint: any Endpoint,
        accept: @escaping (Int32) throws -> any PolledConnection
    ) throws -> UInt16 {
        let (descriptor, port) = try Socket.listen()
        listeners[descriptor] = Listener(endpoint: endpoint, accept: accept)
        watch(descriptor)
        return port
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
