package import HTTPTypes
package import NIOCore
import Synchronization

/// The time limits of a connection.
package struct ConnectionTimeouts: Sendable, Hashable {
    /// The time limit from the connection's start, or the last response, to the end of the next request's head, in seconds.
    let idleSeconds: Int64
    /// The time limit between two parts of a request's body, in seconds.
    let bodySeconds: Int64

    /// The time limit of an idle connection of a caller, in seconds.
    package static let callerIdleSeconds: Int64 = 60
    /// The time limit of an idle connection on which functions deliver spans, in seconds.
    static let deliveryIdleSeconds: Int64 = 900
    /// The time limit of an idle connection to a Runtime API, in seconds.
    static let runtimeIdleSeconds: Int64 = 86_400
    /// The time limit between two parts of a body, in seconds.
    package static let pauseSeconds: Int64 = 30

    package init(idleSeconds: Int64 = callerIdleSeconds, bodySeconds: Int64 = pauseSeconds) {
        self.idleSeconds = idleSeconds
        self.bodySeconds = bodySeconds
    }

    /// Limits for a function's deliveries: it keeps its connection from one invocation to the next.
    package static let deliveries = ConnectionTimeouts(idleSeconds: deliveryIdleSeconds)
    /// Limits for a function's Runtime API, whose connection it keeps while nothing happens.
    package static let runtime = ConnectionTimeouts(idleSeconds: runtimeIdleSeconds)
}

/// The open connections of a server.
///
/// Limits their number, and closes them when the server stops. Beyond the limit, a connection's request is answered with
/// 503 and the connection is closed; a reset would look like a fault of the network.
package final class ConnectionRegistry: Sendable {
    /// The limit of open connections of callers and browsers.
    package static let callerLimitCount = 1_024
    /// The limit of open connections of functions that deliver spans: those of 100 functions with 40 processes each.
    package static let deliveryLimitCount = 4_096
    /// The limit of connections that are being refused; further ones are closed at once.
    static let refusedLimitCount = 4_096

    /// The fate of a new connection.
    enum Admission: Sendable {
        case accepted
        /// Its request gets 503.
        case refused
        /// It is closed.
        case closed
    }

    private struct Entry {
        let channel: any Channel
        let isRefused: Bool
        var trailers: HTTPFields?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var refusedCount = 0
        var isClosed = false
    }

    let timeouts: ConnectionTimeouts
    private let limitCount: Int
    private let state = Mutex(State())

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - limitCount: The limit of open connections.
    ///   - timeouts: The time limits of a connection.
    package init(limitCount: Int = callerLimitCount, timeouts: ConnectionTimeouts = ConnectionTimeouts()) {
        self.limitCount = limitCount
        self.timeouts = timeouts
    }

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

    func admit(_ channel: any Channel) -> Admission {
        let admission = state.withLock { state -> Admission in
            guard !state.isClosed, state.refusedCount < Self.refusedLimitCount else { return .closed }
            let isRefused = state.entries.count - state.refusedCount >= limitCount
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, isRefused: isRefused)
            if isRefused { state.refusedCount += 1 }
            return isRefused ? .refused : .accepted
        }
        guard case .closed = admission else {
            channel.closeFuture.whenComplete { _ in self.remove(channel) }
            return admission
        }
        channel.close(promise: nil)
        return admission
    }

    private func remove(_ channel: any Channel) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: ObjectIdentifier(channel)) else { return }
            if entry.isRefused { state.refusedCount -= 1 }
        }
    }

    func setTrailers(_ trailers: HTTPFields?, on channel: any Channel) {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.trailers = trailers }
    }
}
