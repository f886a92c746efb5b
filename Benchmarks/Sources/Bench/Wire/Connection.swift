import Glibc

/// An accepted connection, as used by the poller.
protocol PolledConnection: AnyObject {
    /// Reads the available bytes, and passes on complete requests.
    ///
    /// - Returns: True if the connection is still open.
    func read() throws -> Bool

    func belongs(to endpoint: any Endpoint) -> Bool
}

/// A connection of unencrypted HTTP.
final class Connection: PolledConnection, Channel {
    private let socket: AcceptedSocket
    private let endpoint: any Endpoint
    private var reader = RequestReader()

    init(_ descriptor: Int32, endpoint: any Endpoint) {
        socket = AcceptedSocket(descriptor)
        self.endpoint = endpoint
    }

    func read() throws -> Bool {
        try socket.read { bytes, receivedAt in
            try reader.take(bytes, receivedAt: receivedAt, for: endpoint, on: self)
        }
    }

    func write(_ bytes: [UInt8]) throws { try socket.write(bytes) }

    func belongs(to endpoint: any Endpoint) -> Bool { self.endpoint === endpoint }
}

extension RequestReader {
    /// Adds bytes, and passes on the requests that they complete.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer,
        receivedAt: Int64,
        for endpoint: any Endpoint,
        on channel: any Channel
    ) throws {
        append(bytes)
        while let request = try next() { try endpoint.receive(request, on: channel, receivedAt: receivedAt) }
        guard wantsContinue else { return }
        wantsContinue = false
        try channel.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
}
