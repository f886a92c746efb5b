import CSystem

/// A collector that accepts spans like HoneyHive and counts them.
final class Sink: Endpoint {
    /// The time from the receipt of a request to its answer.
    enum Delay {
        case none
        /// A fixed time in nanoseconds.
        case fixed(Int64)
        /// A round trip, in nanoseconds, for each window of an idle TCP connection that the request needs: ten segments,
        /// then twice as many in each further round trip (RFC 6928, RFC 5681).
        case slowStart(roundTrip: Int64)

        /// The initial window: ten segments of an Ethernet frame, in bytes.
        private static let initialWindow = 10 * 1_448

        func nanoseconds(for request: HTTPRequest) -> Int64 {
            switch self {
            case .none: return 0
            case .fixed(let time): return time
            case .slowStart(let roundTrip):
                var (rounds, window, sent) = (Int64(1), Self.initialWindow, Self.initialWindow)
                while sent < request.body.count {
                    window *= 2
                    sent += window
                    rounds += 1
                }
                return rounds * roundTrip
            }
        }
    }

    private(set) var exportCount = 0
    /// The length of the bodies of all exports, in bytes.
    private(set) var exportedBytes = 0
    /// Bodies are parsed on request, not while a function waits.
    private var bodies: [[UInt8]] = []
    private let poller: Poller?
    private let delay: Delay

    /// - Parameters:
    ///   - poller: The poller that delays answers.
    ///   - delay: The time after which requests are answered.
    init(poller: Poller? = nil, delay: Delay = .none) {
        self.poller = poller
        self.delay = delay
    }

    /// Returns the number of spans in JSON bodies since the last call: links have ids, but no end.
    func takeSpanCount() -> Int {
        defer { bodies.removeAll(keepingCapacity: true) }
        return bodies.reduce(0) { $0 + Self.occurrences(of: Array("\"endTimeUnixNano\":".utf8), in: $1) }
    }

    func receive(_ request: HTTPRequest, on channel: any Channel, receivedAt: Int64) throws {
        let answer = SinkAnswer.bytes(method: request.method, path: request.path)
        let delay = delay.nanoseconds(for: request)
        if let poller, delay > 0 {
            // A function that has ended reads no more.
            poller.schedule(at: receivedAt + delay) { try? channel.write(answer) }
        } else {
            try channel.write(answer)
        }
        guard request.path.hasSuffix("/traces"), request.method == "POST" else { return }
        exportCount += 1
        exportedBytes += request.body.count
        bodies.append(request.body)
    }

    private static func occurrences(of name: [UInt8], in body: [UInt8]) -> Int {
        body.withUnsafeBytes { bytes in
            guard var place = bytes.baseAddress else { return 0 }
            let end = place + bytes.count
            var count = 0
            while let found = csystem_find(place, end - place, name, name.count) {
                count += 1
                place = found + name.count
            }
            return count
        }
    }
}
