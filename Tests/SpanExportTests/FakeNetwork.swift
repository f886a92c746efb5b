import CurlTransport
import SessionTracing
import SpanExport
import Synchronization

/// A network with scripted replies and simulated time.
final class FakeNetwork: Sendable {
    enum Reply: Sendable {
        case answer(_ status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], takes: Duration = .zero)
        case failure(CurlError.Code, takes: Duration = .zero)
        /// Does not reply until the request's timeout.
        case silence
        /// Answers 413 to a body over this size, in bytes, and 200 to others.
        case limit(_ maximumBytes: Int)
    }

    struct Sent: Sendable {
        let request: HTTPRequest
        /// The time since the start at which the request was sent.
        let time: Duration
    }

    private struct State {
        var replies: [Reply]
        var sent: [Sent] = []
        var waits: [Duration] = []
        var warnings: [String] = []
    }

    let clock = ManualClock()
    private let state: Mutex<State>
    private let lastReply: Reply
    private let overshoot: Duration

    /// - Parameters:
    ///   - replies: One reply for each request.
    ///   - lastReply: The reply for further requests.
    ///   - overshoot: The time by which each pause is longer than asked.
    init(_ replies: [Reply], then lastReply: Reply = .failure(.other), pausesOvershootBy overshoot: Duration = .zero) {
        state = Mutex(State(replies: replies))
        self.lastReply = lastReply
        self.overshoot = overshoot
    }

    var sent: [Sent] { state.withLock { $0.sent } }
    var bodies: [[UInt8]] { sent.map(\.request.body) }
    /// The pauses between attempts.
    var waits: [Duration] { state.withLock { $0.waits } }

    /// The warnings of a key source.
    var warnings: [String] { state.withLock { $0.warnings } }

    func add(_ replies: Reply...) {
        state.withLock { $0.replies += replies }
    }

    /// Returns an exporter that uses this network and its clock.
    func exporter(
        _ destination: ExportDestination = .collector(),
        keys: (any KeySource)? = nil,
        health: CollectorHealth = CollectorHealth()
    ) -> HTTPSpanExporter<Transport> {
        HTTPSpanExporter(
            transport: Transport(network: self),
            destination: destination,
            keys: keys,
            health: health,
            clock: clock.traceClock,
            wait: pause
        )
    }

    /// Returns a key source whose secret store is on this network.
    func keys(_ stored: StoredKey) -> StoredKeySource<Transport> {
        StoredKeySource(
            stored,
            transport: Transport(network: self),
            clock: clock.traceClock,
            wait: { self.pause($0) },
            warn: { line in self.state.withLock { $0.warnings.append(line) } }
        )
    }

    private func pause(_ duration: Duration) {
        state.withLock { $0.waits.append(duration) }
        clock.advance(by: duration + overshoot)
    }

    struct Transport: HTTPTransport {
        let network: FakeNetwork

        mutating func perform(
            _ request: HTTPRequest,
            interrupt: CurlInterrupt?
        ) throws(CurlError) -> HTTPResponse {
            guard interrupt?.isRaised != true else { throw CurlError(code: .aborted, detail: "scripted") }
            return try network.perform(request)
        }
    }

    private func perform(_ request: HTTPRequest) throws(CurlError) -> HTTPResponse {
        let sent = Sent(request: request, time: clock.elapsed)
        let reply = state.withLock { state in
            state.sent.append(sent)
            return state.replies.isEmpty ? lastReply : state.replies.removeFirst()
        }
        // An exchange ends at its timeout at the latest, as with libcurl.
        let limit = request.timeout ?? .seconds(86_400)
        switch reply {
        case .answer(let status, let headers, let body, let duration) where duration < limit:
            clock.advance(by: duration)
            return HTTPResponse(status: status, headers: headers, body: body)
        case .failure(let code, let duration) where duration < limit:
            clock.advance(by: duration)
            throw CurlError(code: code, detail: "scripted")
        case .limit(let maximumBytes):
            return HTTPResponse(status: request.body.count > maximumBytes ? 413 : 200)
        case .answer, .failure, .silence:
            clock.advance(by: limit)
            throw CurlError(code: .timedOut, detail: "scripted")
        }
    }
}

extension ExportDestination {
    /// Returns an unreachable collector.
    static func collector(_ format: SpanFormat = .json, compression: Compression = .none) -> ExportDestination {
        guard let endpoint = HTTPEndpoint("http://collector.invalid:4318/v1/traces") else {
            preconditionFailure("the test's own URL")
        }
        return ExportDestination(
            endpoint: endpoint,
            format: format,
            headers: ["Authorization": "Bearer k"],
            compression: compression,
            requestTimeout: .seconds(10)
        )
    }
}
