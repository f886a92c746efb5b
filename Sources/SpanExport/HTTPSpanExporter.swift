package import CurlTransport
package import SessionTracing

/// Delivers spans to a collector over OTLP/HTTP, on one kept-alive connection.
///
/// Retries retryable requests within the budget; undelivered batches are returned to the buffer unchanged, so that they
/// keep their ids. Blocks the calling thread.
package struct HTTPSpanExporter<Transport: HTTPTransport & ~Copyable>: ~Copyable {
    private var transport: Transport
    private let destination: ExportDestination
    /// The source of the API key; nil if the key is in the destination's headers.
    private let keys: (any KeySource)?
    private let clock: TraceClock
    private let wait: (Duration) -> Void
    private let health: CollectorHealth
    /// The state of the session service, which does not affect the delivery of spans.
    private let sessionHealth: CollectorHealth
    private var lastUse: TraceClock.Instant?

    /// The maximum length of a response body, in bytes: it contains only a count and a message.
    static var maximumResponseBytes: Int { 64 * 1024 }
    /// The minimum remaining budget for starting a request.
    static var minimumAttemptMilliseconds: Int { 20 }
    static var firstRetryDelayMilliseconds: Int { 50 }
    static var maximumAttemptCount: Int { 5 }
    /// The maximum idle time of a connection that is reused, in seconds.
    ///
    /// A load balancer may have dropped an idle connection silently, so that requests are lost. AWS's own drop them
    /// after 60 s (ALB) and 350 s (NLB, NAT gateway).
    package static var maximumIdleSeconds: Int { TransferEngine.maximumIdleSeconds }

    /// Creates an exporter.
    ///
    /// - Parameters:
    ///   - transport: Performs the requests and keeps its connections between flushes.
    ///   - destination: The destination of the spans.
    ///   - keys: The source of an API key that may change; nil if the key is in the destination's headers.
    ///   - health: The state of the collector, shared by the exporters of a process.
    ///   - sessionHealth: The state of the session service, shared by them as well.
    ///   - clock: The clock that measures the budget.
    ///   - wait: Pauses between two attempts.
    package init(
        transport: consuming Transport,
        destination: ExportDestination,
        keys: (any KeySource)? = nil,
        health: CollectorHealth = CollectorHealth(),
        sessionHealth: CollectorHealth = CollectorHealth(),
        clock: TraceClock = .system,
        wait: @escaping (Duration) -> Void
    ) {
        self.transport = transport
        self.destination = destination
        self.keys = keys
        self.health = health
        self.sessionHealth = sessionHealth
        self.clock = clock
        self.wait = wait
    }

    /// Sends batches of a flush on further connections while the body sends others on this one.
    ///
    /// - Parameters:
    ///   - deadline: The time at which the flush must end.
    ///   - body: Sends batches on this connection.
    /// - Returns: The results of the further connections.
    package typealias FurtherConnections = (_ deadline: FlushDeadline, _ body: () -> Void) -> [FlushReport]

    /// Delivers a buffer.
    ///
    /// - Parameters:
    ///   - buffer: The buffer to send; batches that may be retried are returned to it.
    ///   - budget: The maximum time of the flush.
    ///   - isLastChance: True if no other flush follows; an unresponsive collector is then tried anyway.
    ///   - further: Sends batches on further connections at the same time; by default there are none.
    /// - Returns: The result of the flush.
    package mutating func flush(
        _ buffer: SpanBuffer,
        budget: Duration,
        isLastChance: Bool = false,
        further: FurtherConnections = { _, body in
            body()
            return []
        }
    ) -> FlushReport {
        var report = FlushReport()
        let start = clock.monotonicNanoseconds()
        report.deferralReason = sendAll(
            of: buffer,
            budget: budget,
            isLastChance: isLastChance,
            further: further,
            report: &report
        )
        if report.deferralReason != nil {
            report.deferredSpanCount = buffer.spanCount
            report.deferredSessionUpdateCount = buffer.requestCount
        }
        report.recordDropped(buffer.takeDroppedSpanCount(), reason: Self.overflowReason)
        report.recordDroppedSessionUpdates(buffer.takeDroppedRequestCount(), reason: Self.overflowReason)
        report.duration = .nanoseconds(clock.monotonicNanoseconds() - start)
        return report
    }

    /// The preparation that ``prepare(timeout:interrupt:)`` would perform.
    package var preparation: ExportPreparation {
        guard health.isOpen else { return isStale ? .connect : .none }
        return health.isProbeDue(at: clock.now) ? .probe : .none
    }

    /// Opens the connection, or probes a collector that has not answered, before a flush and while there is time.
    ///
    /// Sends a HEAD request without the API key. The status of the response matters only for a probe.
    ///
    /// - Parameters:
    ///   - timeout: The maximum time.
    ///   - interrupt: Aborts the request when raised.
    package mutating func prepare(timeout: Duration, interrupt: CurlInterrupt?) {
        let isProbe = health.isOpen
        var request = HTTPRequest(
            .head,
            url: destination.endpoint.url,
            timeout: timeout,
            connectTimeout: timeout,
            maximumResponseBytes: Self.maximumResponseBytes,
            proxy: .environment,
            trust: destination.trust
        )
        if let agent = destination.headers["User-Agent"] { request.headers.append(name: "User-Agent", value: agent) }
        request.needsNewConnection = isStale
        let start = clock.now
        do throws(CurlError) {
            let response = try transport.perform(request, interrupt: interrupt)
            recordUse()
            guard isProbe else { return }
            if Self.isProbeAnswer(response) {
                health.recordProbeAnswer(at: clock.now)
            } else {
                health.recordFailure(ofRequestAt: start, at: clock.now)
            }
        } catch {
            // An aborted request says nothing about the collector. A failed connection attempt will be repeated by the
            // flush.
            if isProbe, error.code != .aborted { health.recordFailure(ofRequestAt: start, at: clock.now) }
        }
    }

    /// Returns true unless a gateway answers on behalf of an unavailable collector.
    private static func isProbeAnswer(_ response: HTTPResponse) -> Bool { response.status < 500 }

    private mutating func recordUse() {
        lastUse = clock.now
    }

    /// True if there is no connection, or it was idle for too long.
    private var isStale: Bool {
        guard let lastUse else { return true }
        return clock.now.elapsed(since: lastUse) > .seconds(Self.maximumIdleSeconds)
    }

    private var description: FailureDescription { FailureDescription(destination) }

    private static var overflowReason: String { "the buffer of undelivered spans is full" }

    /// Sends the three parts of a flush, each independently of the others: a session service that does not answer delays
    /// no span, because it has half of the budget before the spans, and a circuit breaker of its own.
    ///
    /// - Returns: The first reason for deferring something, or nil if all was accepted or rejected.
    private mutating func sendAll(
        of buffer: SpanBuffer,
        budget: Duration,
        isLastChance: Bool,
        further: FurtherConnections,
        report: inout FlushReport
    ) -> String? {
        let deadline = FlushDeadline(clock: clock, budget: budget)
        let half = FlushDeadline(clock: clock, budget: budget / 2)
        let now = clock.now
        let (sendsSpans, sendsRequests) = (
            isLastChance || health.allowsFlush(at: now), isLastChance || sessionHealth.allowsFlush(at: now)
        )
        let startReason = sendsRequests ? sendRequests(.start, of: buffer, deadline: half, report: &report) : nil
        var spans = FlushReport()
        if sendsSpans {
            let parts = further(deadline) { spans = sendBatches(of: buffer, deadline: deadline) }
            for part in parts { spans.add(part) }
            report.add(spans)
        }
        let enrichReason = sendsRequests ? sendRequests(.enrich, of: buffer, deadline: deadline, report: &report) : nil
        let skips = !sendsSpans && buffer.spanCount > 0 || !sendsRequests && buffer.requestCount > 0
        return startReason ?? spans.deferralReason ?? enrichReason ?? (skips ? description.outage : nil)
    }

    /// Sends batches of a buffer until none is left, which other exporters may do at the same time.
    ///
    /// - Parameters:
    ///   - buffer: The buffer; batches that may be retried are returned to it.
    ///   - deadline: The time at which the flush must end.
    /// - Returns: The result, without the count of deferred spans.
    mutating func sendBatches(of buffer: SpanBuffer, deadline: FlushDeadline) -> FlushReport {
        var report = FlushReport()
        report.deferralReason = sendSpans(of: buffer, deadline: deadline, report: &report)
        return report
    }

    /// Sends the batches in order.
    ///
    /// A batch that the collector calls too large is halved until it is accepted or is a single span.
    ///
    /// - Returns: The reason for deferring the rest, or nil if all were accepted or rejected.
    private mutating func sendSpans(
        of buffer: SpanBuffer,
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> String? {
        // The size of the smallest batch that the collector has called too large, in bytes.
        var refusedBytes = Int.max
        while let batch = buffer.takeBatch() {
            if batch.byteCount >= refusedBytes, buffer.putBackHalves(of: batch) { continue }
            switch deliver(buffer.encoder.body(of: batch), deadline: deadline, report: &report) {
            case .accepted(let rejectedSpanCount, let message, let isForeign):
                recordWarning(isForeign: isForeign, rejectedSpanCount > 0 ? nil : message, &report)
                let rejectedSpanCount = min(rejectedSpanCount, batch.spanCount)
                report.exportedSpanCount += batch.spanCount - rejectedSpanCount
                if rejectedSpanCount > 0 {
                    report.recordDropped(rejectedSpanCount, reason: description.rejection(message))
                }
                buffer.acknowledge(batch)
            case .tooLarge(let reason):
                refusedBytes = min(refusedBytes, batch.byteCount)
                if buffer.putBackHalves(of: batch) { continue }
                report.recordDropped(batch.spanCount, reason: reason)
                buffer.lose(batch)
            case .refused(let reason), .keyRefused(let reason), .unreadable(let reason):
                report.recordDropped(batch.spanCount, reason: reason)
                buffer.lose(batch)
            case .deferred(let reason), .retryable(let reason, _):
                buffer.putBack(batch)
                return reason
            }
        }
        return nil
    }

    /// Sends a body with spans; a body that the collector cannot read compressed is sent again as it is.
    private mutating func deliver(
        _ body: [[UInt8]],
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> ExportAnswer {
        let plain = spansRequest(body)
        guard compresses(body), let compressed = Gzip.compress(plain.body) else {
            return deliver(plain, to: health, deadline: deadline, report: &report)
        }
        var request = spansRequest([compressed])
        request.headers.append(name: "Content-Encoding", value: "gzip")
        let first = deliver(request, to: health, deadline: deadline, report: &report)
        guard case .unreadable = first else { return first }
        let answer = deliver(plain, to: health, deadline: deadline, report: &report)
        if case .accepted = answer {
            health.recordRefusedCompression()
            report.warnings.insert(description.refusedCompression)
        }
        return answer
    }

    private func compresses(_ body: [[UInt8]]) -> Bool {
        switch destination.compression {
        case .none: false
        case .gzip: !health.refusesCompression
        case .automatic:
            body.reduce(0) { $0 + $1.count } >= ExportDestination.automaticCompressionBytes
                && !health.refusesCompression
        }
    }

    private func recordWarning(isForeign: Bool, _ message: String?, _ report: inout FlushReport) {
        if isForeign { report.warnings.insert(description.foreignBody) }
        if let message { report.warnings.insert(description.warning(message)) }
    }

    /// Sends the session requests of one kind in order; without a session server they are discarded and counted.
    ///
    /// - Returns: The reason for deferring the rest, or nil if all were accepted or rejected.
    private mutating func sendRequests(
        _ kind: SessionRequest.Kind,
        of buffer: SpanBuffer,
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> String? {
        while let request = buffer.takeRequest(kind) {
            guard let server = destination.sessionServer else {
                buffer.unrecorded?.count(.noSessionServer)
                continue
            }
            // HoneyHive's own client accepts no other status for starting a session.
            let accepted = kind == .start ? 200..<201 : 200..<300
            let exchange = sessionRequest(request, to: server)
            let answer = deliver(exchange, to: sessionHealth, accepted: accepted, deadline: deadline, report: &report)
            switch answer {
            case .accepted(_, _, let isForeign): recordWarning(isForeign: isForeign, nil, &report)
            case .refused(let reason), .keyRefused(let reason), .tooLarge(let reason), .unreadable(let reason):
                report.recordDroppedSessionUpdates(1, reason: reason)
            case .deferred(let reason), .retryable(let reason, _):
                buffer.putBack(request)
                return reason
            }
        }
        return nil
    }

    /// Performs a request with the current API key, and repeats it if the collector rejects the key and another key is
    /// available.
    private mutating func deliver(
        _ request: HTTPRequest,
        to health: CollectorHealth,
        accepted: Range<Int> = 200..<300,
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> ExportAnswer {
        guard let keys else {
            return send(request, to: health, accepted: accepted, deadline: deadline, report: &report)
        }
        do throws(KeyUnavailable) {
            var key = try keys.key(within: deadline.remaining)
            while true {
                var authorised = request
                authorised.headers.append(name: "Authorization", value: "Bearer \(key)")
                let answer = send(authorised, to: health, accepted: accepted, deadline: deadline, report: &report)
                guard case .keyRefused = answer,
                    let other = try keys.replacement(for: key, within: deadline.remaining)
                else { return answer }
                key = other
            }
        } catch {
            return .deferred(reason: error.reason)
        }
    }

    /// Performs a request and retries it within the budget while its outcome is retryable.
    private mutating func send(
        _ request: HTTPRequest,
        to health: CollectorHealth,
        accepted: Range<Int>,
        deadline: FlushDeadline,
        report: inout FlushReport
    ) -> ExportAnswer {
        let backoff = health.remainingBackoff(at: clock.now)
        if backoff > .zero {
            guard deadline.remaining >= backoff + .milliseconds(Self.minimumAttemptMilliseconds) else {
                return .deferred(reason: description.pause)
            }
            wait(backoff)
        }
        let start = clock.now
        var request = request
        var answer = ExportAnswer.deferred(reason: FailureDescription.lateness)
        var delay = Duration.milliseconds(Self.firstRetryDelayMilliseconds)
        for attemptNumber in 1...Self.maximumAttemptCount {
            let remaining = deadline.remaining
            guard remaining >= .milliseconds(Self.minimumAttemptMilliseconds) else {
                // Without an attempt, nothing is known about the collector. A pause that took longer than asked leaves
                // the last attempt's outcome.
                if attemptNumber == 1 { return answer }
                break
            }
            if attemptNumber > 1 { report.retryCount += 1 }
            request.timeout = min(remaining, destination.requestTimeout)
            request.connectTimeout = request.timeout ?? remaining
            answer = attempt(request, accepted: accepted)
            guard case .retryable(_, let askedDelay) = answer else { break }
            // A collector's request lengthens the back-off and never shortens it.
            let pause = max(askedDelay ?? .zero, delay)
            if askedDelay != nil { health.backOff(for: pause, from: clock.now) }
            // A pause that leaves no time for another attempt would only delay the response.
            guard attemptNumber < Self.maximumAttemptCount,
                deadline.remaining >= pause + .milliseconds(Self.minimumAttemptMilliseconds)
            else {
                break
            }
            wait(pause)
            delay *= 2
        }
        recordOutcome(answer, ofRequestAt: start, of: health)
        return answer
    }

    private func recordOutcome(
        _ answer: ExportAnswer,
        ofRequestAt start: TraceClock.Instant,
        of health: CollectorHealth
    ) {
        switch answer {
        case .accepted, .refused, .keyRefused, .tooLarge, .unreadable: health.recordAnswer(at: clock.now)
        // A collector that sends `Retry-After` is available.
        case .retryable(_, after: .some): break
        case .retryable, .deferred: health.recordFailure(ofRequestAt: start, at: clock.now)
        }
    }

    private mutating func attempt(_ request: HTTPRequest, accepted: Range<Int>) -> ExportAnswer {
        var request = request
        request.needsNewConnection = isStale
        do throws(CurlError) {
            let response = try transport.perform(request, interrupt: nil)
            recordUse()
            return ExportAnswer(response, description, accepted: accepted, unixSeconds: clock.unixSeconds)
        } catch {
            // The connection must not be reused after an error.
            lastUse = nil
            return ExportAnswer(error, description)
        }
    }

    private func spansRequest(_ body: [[UInt8]]) -> HTTPRequest {
        var request = request(.post, destination.endpoint, contentType: destination.format.contentType, body: [])
        request.bodyPieces = body
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
