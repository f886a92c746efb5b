import CSystem

/// A collector that accepts spans like HoneyHive and counts them.
final class Sink: Endpoint {
    private(set) var exportCount = 0
    /// Bodies are parsed on request, not while a function waits.
    private var bodies: [[UInt8]] = []
    private let poller: Poller?
    private let answerDelay: Int64

    /// - Parameters:
    ///   - poller: The poller that delays answers.
    ///   - answerDelay: The time after which requests are answered, in nanoseconds.
    init(poller: Poller? = nil, answerDelay: Int64 = 0) {
        self.poller = poller
        self.answerDelay = answerDelay
    }

    /// Returns the number of spans in JSON bodies since the last call: links have ids, but no end.
    func takeSpanCount() -> Int {
        defer { bodies.removeAll(keepingCapacity: true) }
        return bodies.reduce(0) { $0 + Self.occurrences(of: Array("\"endTimeUnixNano\":".utf8), in: $1) }
    }

    func receive(_ request: HTTPRequest, on channel: any Channel, receivedAt: Int64) throws {
        let answer = SinkAnswer.bytes(method: request.method, path: request.path)
        if let poller, answerDelay > 0 {
            // A function that has ended reads no more.
            poller.schedule(at: receivedAt + answerDelay) { try? channel.write(answer) }
        } else {
            try channel.write(answer)
        }
        guard request.path.hasSuffix("/traces"), request.method == "POST" else { return }
        exportCount += 1
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
