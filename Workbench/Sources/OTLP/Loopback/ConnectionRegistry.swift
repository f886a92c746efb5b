package import HTTPTypes
package import NIOCore
import Synchronization

/// The open connections of a server.
///
/// Limits their number, and closes them when the server stops.
package final class ConnectionRegistry: Sendable {
    /// The limit of open connections; further ones are closed at once.
    package static let connectionLimitCount = 256

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
    package func closeAll() {
        let channels = state.withLock { state in
            state.isClosed = true
            return state.entries.values.map(\.channel)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Returns the trailers of the latest request on a connection.
    ///
    /// - Parameter channel: The connection.
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
