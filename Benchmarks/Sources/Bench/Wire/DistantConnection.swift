/// A TLS connection with simulated latency: every byte takes half a round trip in either direction.
///
/// The kernel establishes a connection over the loopback interface at once, so a client's first bytes are delayed by
/// one more round trip, that of TCP's handshake.
final class DistantConnection: PolledConnection, Channel {
    private let socket: AcceptedSocket
    private let endpoint: any Endpoint
    private let poller: Poller
    private let engine: TLSEngine
    private let oneWay: Int64
    private var reader = RequestReader()
    private var earliestArrival: Int64

    /// Creates a connection with the given round trip, in nanoseconds.
    init(_ descriptor: Int32, endpoint: any Endpoint, on poller: Poller, identity: TLSIdentity, roundTrip: Int64) throws
    {
        socket = AcceptedSocket(descriptor)
        self.endpoint = endpoint
        self.poller = poller
        engine = try TLSEngine(identity)
        oneWay = roundTrip / 2
        earliestArrival = Clock.now + roundTrip + oneWay
    }

    func read() throws -> Bool {
        try socket.read { bytes, receivedAt in
            let bytes = Array(bytes)
            poller.schedule(at: max(receivedAt + oneWay, earliestArrival)) { [weak self] in try self?.arrive(bytes) }
        }
    }

    func write(_ bytes: [UInt8]) throws { try engine.seal(bytes) }

    func belongs(to endpoint: any Endpoint) -> Bool { self.endpoint === endpoint }

    private func arrive(_ bytes: [UInt8]) throws {
        let plain = try engine.open(bytes)
        if !plain.isEmpty {
            try plain.withUnsafeBytes { try reader.take($0, receivedAt: Clock.now, for: endpoint, on: self) }
        }
        let outgoing = engine.takeOutgoing()
        guard !outgoing.isEmpty else { return }
        poller.schedule(at: Clock.now + oneWay) { [weak self] in
            // A function that has ended reads no more.
            try? self?.socket.write(outgoing)
        }
    }
}
