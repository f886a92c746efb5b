internal import CurlTransport
package import SessionTracing

/// Delivers spans to a collector over OTLP/HTTP, on one kept-alive connection.
///
/// Retries what OTLP calls retryable while the budget lasts; what is then left goes back into the buffer, with the same
/// bytes and so with the same ids. Blocks the calling thread.
package struct HTTPSpanExporter<Transport: HTTPTransport & ~Copyable>: SpanExporter, ~Copyable {
    private var transport: Transport
    private let destination: ExportDestination
    /// Nil when the key stands in the destination's headers.
    private let keys: (any KeySource)?
    private let clock: TraceClock
    private let wait: (Duration) -> Void
    private let mood: CollectorMood

    /// An answer's body beyond this is not read: it holds a count and a message.
    private static var maximumResponseBytes: Int { 64 * 1024 }
    /// With less of the budget left than this, a request is not begun.
    private static var minimumAttempt: Duration { .milliseconds(5) }
    private static var firstRetryDelayMilliseconds: Int { 50 }
    private static var maximumAttemptCount: Int { 5 }

    /// - Parameters:
    ///   - transport: Makes the requests; its connections are kept from one flush to the next.
    ///   - destination: Where spans go.
    ///   - keys: Where the key comes from, when it may change.
    ///   - mood: What the collector has asked for; shared by the exporters of a process.
    ///   - clock: Counts the budget.
    ///   - wait: Pauses between two attempts.
    package init(
        transport: consuming Transport,
        destination: ExportDestination,
        keys: (any KeySource)? = nil,
        mood: CollectorMood = CollectorMood(),
        clock: TraceClock = .system,
        wait: @escaping (Duration) -> Void
    ) {
        self.transport = transport
        self.destination = destination
        self.keys = keys
        self.mood = mood
        self.clock = clock
        self.wait = wait
    }

    package mutating func flush(_ buffer: SpanBuffer, budget: Duration) -> FlushReport {
        var report = FlushReport()
        let deadline = FlushDeadline(clock: clock, budget: budget)
        report.deferralReason =
            sendRequests(.start, of: buffer, deadline: deadline, report: &report)
            ?? sendSpans(of: buffer, deadline: deadline, report: &report)
            ?? sendRequests(.enrich, of: buffer, deadline: deadline, report: &report)
        if report.deferralReason != nil {
            report.deferredSpanCount = buffer.spanCount
            report.deferredSessionUpdateCount = buffer.requestCount
        }
        report.noteDropped(buffer.takeDroppedSpanCount(), reason: Self.overflowReason)
        report.noteDroppedSessionUpdates(buffer.takeDroppedRequestCount(), reason: Self.overflowReason)
        return report
    }

    private static var overflowReason: String { "the buffer of what could not be delivered is full" }

    /// Sends the batches in their order.
    ///
    /// - Returns: Why the rest was put off, or nil when all of it has its answer.
    private mutating func sendSpans(
        of buffer: SpanBuffer,
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> String? {
        while let batch = buffer.takeBatch() {
            switch deliver(spansRequest(buffer.encoder.envelope(batch.bytes)), deadline: deadline) {
            case .accepted(let rejectedSpanCount, let message):
                let rejectedSpanCount = min(rejectedSpanCount, batch.spanCount)
                report.exportedSpanCount += batch.spanCount - rejectedSpanCount
                report.noteDropped(rejectedSpanCount, reason: message ?? "refused by the collector")
            case .refused(let reason), .keyRefused(let reason):
                report.noteDropped(batch.spanCount, reason: reason)
            case .deferred(let reason), .retryable(let reason, _):
                buffer.putBack(batch)
                return reason
            }
        }
        return nil
    }

    /// Sends the requests of one kind in their order; without a server for them they are let go.
    ///
    /// - Returns: Why the rest was put off, or nil when all of it has its answer.
    private mutating func sendRequests(
        _ kind: SessionRequest.Kind,
        of buffer: SpanBuffer,
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> String? {
        while let request = buffer.takeRequest(kind) {
            guard let server = destination.sessionServer else { continue }
            switch deliver(sessionRequest(request, to: server), deadline: deadline) {
            case .accepted: break
            case .refused(let reason), .keyRefused(let reason): report.noteDroppedSessionUpdates(1, reason: reason)
            case .deferred(let reason), .retryable(let reason, _):
                buffer.putBack(request)
                return reason
            }
        }
        return nil
    }

    /// Makes one request with the key of the moment, and again when the collector refuses it and there is another one.
    private mutating func deliver(_ request: HTTPRequest, deadline: FlushDeadline) -> ExportAnswer {
        guard let keys else { return send(request, deadline: deadline) }
        do throws(KeyUnavailable) {
            var key = try keys.key(within: deadline.remaining)
            while true {
                var authorised = request
                authorised.headers.append(name: "Authorization", value: "Bearer \(key)")
                let answer = send(authorised, deadline: deadline)
                guard case .keyRefused = answer,
                    let other = try keys.replacement(for: key, within: deadline.remaining)
                else { return answer }
                key = other
            }
        } catch {
            return .deferred(reason: error.reason)
        }
    }

    /// Makes one request, again and again while that may help and the budget lasts.
    private mutating func send(_ request: HTTPRequest, deadline: FlushDeadline) -> ExportAnswer {
        let quiet = mood.quietTime(at: clock.monotonicNanoseconds())
        if quiet > .zero {
            guard deadline.remaining >= quiet + Self.minimumAttempt else {
                return .deferred(reason: "the collector asked to wait")
            }
            wait(quiet)
        }
        var request = request
        var answer = ExportAnswer.deferred(reason: "no time was left before the deadline")
        var delay = Duration.milliseconds(Self.firstRetryDelayMilliseconds)
        for attemptNumber in 1...Self.maximumAttemptCount {
            let remaining = deadline.remaining
            guard remaining >= Self.minimumAttempt else { return answer }
            request.timeout = min(remaining, destination.requestTimeout)
            request.connectTimeout = request.timeout ?? remaining
            answer = attempt(request)
            guard case .retryable(_, let askedDelay) = answer else { return answer }
            let pause = askedDelay ?? delay
            if let askedDelay { mood.keepQuiet(for: askedDelay, from: clock.monotonicNanoseconds()) }
            // A pause that no attempt can follow would hold the response back for nothing.
            guard attemptNumber < Self.maximumAttemptCount, deadline.remaining >= pause + Self.minimumAttempt else {
                return answer
            }
            wait(pause)
            delay *= 2
        }
        return answer
    }

    private mutating func attempt(_ request: HTTPRequest) -> ExportAnswer {
        do {
            let response = try transport.perform(request)
            return ExportAnswer(response, unixSeconds: Int(clock.wallNanoseconds() / 1_000_000_000))
        } catch {
            return ExportAnswer(error)
        }
    }

    private func spansRequest(_ body: [UInt8]) -> HTTPRequest {
        var request = request(.post, destination.endpoint, contentType: destination.format.contentType, body: body)
        if destination.compression == .gzip, let compressed = Gzip.compress(body) {
            request.headers.append(name: "Content-Encoding", value: "gzip")
            request.body = compressed
        }
        return request
    }

    private func sessionRequest(_ sessionRequest: SessionRequest, to server: ExportDestination.SessionServer)
        -> HTTPRequest
    {
        switch sessionRequest.kind {
        case .start: request(.post, server.start, contentType: "application/json", body: sessionRequest.body)
        case .enrich: request(.put, server.enrich, contentType: "application/json", body: sessionRequest.body)
        }
    }

    private func request(
        _ method: HTTPRequest.Method,
        _ endpoint: HTTPEndpoint,
        contentType: String,
        body: [UInt8]
    ) -> HTTPRequest {
        var request = HTTPRequest(
            method,
            url: endpoint.url,
            headers: destination.headers,
            body: body,
            timeout: destination.requestTimeout,
            maximumResponseBytes: Self.maximumResponseBytes,
            proxy: .environment,
            trust: destination.trust
        )
        request.headers.append(name: "Content-Type", value: contentType)
        return request
    }
}
