/// The Runtime API for one function: provides events and records the times of the responses.
final class RuntimeAPI: Endpoint {
    /// One invocation, with times by ``Clock/now`` in nanoseconds.
    struct Sample {
        let sentAt: Int64
        let answeredAt: Int64
        /// The number of exports that the collector had received by then, since the function's start.
        let exportCount: Int
        var wall: Int64 { answeredAt - sentAt }
    }

    private static let accepted = Array(
        "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"
            .utf8
    )
    private static let budgetMilliseconds: Int64 = 120_000

    private let sink: Sink
    private(set) var pollCount = 0
    private(set) var lastPollAt: Int64 = 0
    private(set) var samples: [Sample] = []
    private var waiting: [any Channel] = []
    private var queue: [[UInt8]] = []
    private var sentAt: [Substring: Int64] = [:]
    private var invocationCount = 0

    var waitingCount: Int { waiting.count }

    init(sink: Sink) { self.sink = sink }

    /// Provides an event to the next worker that requests one, or to one that waits.
    func offer(_ event: [UInt8]) throws {
        queue.append(event)
        try handOut()
    }

    func forgetSamples() { samples.removeAll(keepingCapacity: true) }

    func receive(_ request: HTTPRequest, on channel: any Channel, receivedAt: Int64) throws {
        let steps = request.path.split(separator: "/")
        switch (request.method, steps.last) {
        case ("GET", "next"):
            pollCount += 1
            lastPollAt = receivedAt
            waiting.append(channel)
            try handOut()
        case ("POST", "response"):
            guard let start = sentAt.removeValue(forKey: steps[steps.count - 2]) else {
                throw BenchError("an answer to no invocation: \(request.path)")
            }
            samples.append(Sample(sentAt: start, answeredAt: receivedAt, exportCount: sink.exportCount))
            try channel.write(Self.accepted)
        default:
            throw BenchError("\(request.method) \(request.path): \(String(decoding: request.body, as: UTF8.self))")
        }
    }

    private func handOut() throws {
        while !waiting.isEmpty, !queue.isEmpty {
            let channel = waiting.removeFirst()
            let event = queue.removeFirst()
            invocationCount += 1
            let number = String(invocationCount)
            let id = "8476a536-e9f4-11e8-9739-\(String(repeating: "0", count: 12 - number.count))\(number)"
            let answer = Array(Self.head(id: id, count: event.count).utf8) + event
            sentAt[Substring(id)] = Clock.now
            try channel.write(answer)
        }
    }

    private static func head(id: String, count: Int) -> String {
        """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Lambda-Runtime-Aws-Request-Id: \(id)\r
        Lambda-Runtime-Deadline-Ms: \(Clock.millisecondsSince1970 + budgetMilliseconds)\r
        Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:benchmark\r
        Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1\r
        Content-Length: \(count)\r
        \r\n
        """
    }
}
