internal import CurlTransport
internal import Platform
internal import SessionTracing
internal import Synchronization
internal import WireText

/// One call of the client: its attempts and redirects within one time limit, each exchange with a span of its own.
struct Call {
    private var method: HTTPClient.Method
    private var url: CurlURL
    private var headers: HTTPClient.Headers
    private var body: HTTPClient.Body?
    private var signature: (@Sendable () throws(CurlError) -> RequestSignature)?
    private let connectTimeout: Duration
    private let redirects: HTTPClient.Redirects
    private let retries: HTTPClient.Retries
    private let maximumResponseBytes: Int
    private let decompresses: Bool
    private var propagation: HTTPClient.Propagation
    private let recordsPayload: Bool
    private let callersSpan: TracedSpan?
    private let outgoing: OutgoingCall
    private let deadline: ContinuousClock.Instant

    private var redirectCount = 0
    private var retryCount = 0

    /// Checks a request and merges it with the client's settings.
    ///
    /// - Throws: ``HTTPError`` with ``HTTPError/Code/invalidRequest``, or ``HTTPError/Code/timeout`` if no time is left.
    init(_ request: HTTPClient.Request, of client: HTTPClient, outgoing: OutgoingCall) throws(HTTPError) {
        let configuration = client.configuration
        method = request.method
        guard HeaderSyntax.isName(method.rawValue), method.rawValue != "CONNECT" else {
            throw HTTPError(.invalidRequest, "the method is CONNECT or not a token", request: "a request")
        }
        do throws(CurlError) {
            url = try CurlURL(request.url)
        } catch {
            throw HTTPError(error, request: "\(method) of an invalid URL")
        }
        body = request.body
        signature = request.signature
        headers = request.headers
        for field in configuration.headers where request.headers[field.name] == nil {
            headers.add(field.value, to: field.name)
        }
        connectTimeout = configuration.connectTimeout
        redirects = request.redirects ?? configuration.redirects
        retries = request.retries ?? configuration.retries
        maximumResponseBytes = max(0, request.maximumResponseBytes ?? configuration.maximumResponseBytes)
        decompresses = configuration.decompresses
        propagation = request.propagation ?? configuration.propagation
        recordsPayload = request.recordsPayload
        callersSpan = request.span
        self.outgoing = outgoing
        let left = outgoing.remainingTime
        let own = request.timeout ?? configuration.timeout
        let outside = Duration.seconds(HTTPClient.Configuration.defaultTimeoutSeconds)
        let limit = min(own ?? left ?? outside, left ?? .seconds(Self.maximumSeconds), .seconds(Self.maximumSeconds))
        deadline = .now + limit
        if let problem = Self.problem(with: headers, method, body, isSigned: signature != nil, url) {
            throw error(.invalidRequest, problem)
        }
        guard limit > .zero else {
            throw error(HTTPError.Code.timeout, "no time is left before the flush and the deadline")
        }
        if signature != nil {
            do throws(CurlError) {
                url = try CurlURL(RequestSignature.url(toSend: url.text))
            } catch {
                throw HTTPError(error, request: name.text)
            }
        }
    }

    /// The longest time limit of a call: one day, in seconds.
    static let maximumSeconds = 86_400

    private static func problem(
        with headers: HTTPClient.Headers,
        _ method: HTTPClient.Method,
        _ body: HTTPClient.Body?,
        isSigned: Bool,
        _ url: CurlURL
    ) -> String? {
        for name in ["Content-Length", "Transfer-Encoding"] where headers[name] != nil {
            return "\(name) is set by the client; remove it from the headers"
        }
        for field in headers.wire.fields {
            do throws(CurlError) {
                try field.validate()
            } catch {
                return error.detail
            }
        }
        if method == .head, body != nil { return "a HEAD request has no body" }
        switch body?.content {
        case .unencodable(let error): return "the body cannot be encoded as JSON: \(type(of: error))"
        case .stream(let length?, _) where length < 0: return "the body's length is negative"
        default: break
        }
        if isSigned, url.credentials != nil { return "a signed request's URL has a user name" }
        return nil
    }

    /// Performs the call.
    ///
    /// - Parameter transport: Performs each exchange.
    /// - Returns: The final response.
    /// - Throws: ``HTTPError`` if there is none.
    nonisolated(nonsending) mutating func run(
        over transport: any TransferTransport
    ) async throws(HTTPError) -> HTTPClient.Response {
        while true {
            let span = CallSpan(
                outgoing,
                within: callersSpan,
                method: method,
                url: url,
                body: body,
                resendCount: redirectCount + retryCount,
                recordsPayload: recordsPayload
            )
            let response: TransferResponse
            do throws(HTTPError) {
                response = try await exchange(over: transport, span)
            } catch {
                span.fail(error, receivedBytes: nil)
                guard let pause = pause(after: error) else { throw error }
                span.recordResend(after: error.code.rawValue)
                try await wait(pause, transport)
                continue
            }
            span.record(response)
            if let target = try target(of: response, span) {
                await release(response, span)
                redirect(to: target, status: response.status)
            } else if let pause = pause(after: response) {
                await release(response, span)
                span.recordResend(after: "\(response.status)")
                try await wait(pause, transport)
            } else {
                return finish(response, span)
            }
        }
    }

    private nonisolated(nonsending) func exchange(
        over transport: any TransferTransport,
        _ span: CallSpan
    ) async throws(HTTPError) -> TransferResponse {
        let bodyError: ErrorBox? = if case .stream = body?.content { ErrorBox() } else { nil }
        let request = try transferRequest(span, bodyError)
        do throws(CurlError) {
            return try await transport.send(request)
        } catch {
            throw HTTPError(error, request: name.text, underlying: bodyError?.error)
        }
    }

    private func finish(_ response: TransferResponse, _ span: CallSpan) -> HTTPClient.Response {
        // Nothing is to be waited for, so the span ends with the exchange, whenever the body is read.
        if response.body.isReceived, !recordsPayload { span.end(receivedBytes: nil) }
        return HTTPClient.Response(
            status: response.status,
            headers: HTTPClient.Headers(response.headers),
            url: url.text,
            body: HTTPClient.ResponseBody(
                reader: ResponseReader(response.body, span: span, request: name, status: response.status)
            )
        )
    }

    /// Reads the rest of a response that nobody gets, so that its connection can be used again, unless it is long.
    private nonisolated(nonsending) func release(_ response: TransferResponse, _ span: CallSpan) async {
        var readBytes = 0
        do throws(CurlError) {
            while readBytes <= Self.maximumDiscardedBytes, let piece = try await response.body.next() {
                readBytes += piece.count
            }
        } catch {
            // The connection is closed, and the response was not wanted.
        }
        response.body.cancel()
        span.end(receivedBytes: response.body.receivedBytes)
    }

    /// The length up to which the body of a redirect is read, in bytes; beyond it, the connection is closed.
    static let maximumDiscardedBytes = 64 * 1024

    private var name: RequestName { RequestName(method: method, url: url) }

    private func error(_ code: HTTPError.Code, _ detail: String, status: Int? = nil) -> HTTPError {
        HTTPError(code, detail, request: name.text, status: status)
    }

    private var remaining: Duration { ContinuousClock.now.duration(to: deadline) }

    // MARK: The request

    private func transferRequest(_ span: CallSpan, _ bodyError: ErrorBox?) throws(HTTPError) -> TransferRequest {
        let remaining = remaining
        guard remaining > .zero else { throw error(HTTPError.Code.timeout, "the time limit has passed") }
        return TransferRequest(
            method: method.rawValue,
            url: url,
            headers: try signed(wireHeaders(span)),
            body: transferBody(bodyError),
            timeout: remaining,
            connectTimeout: min(connectTimeout, remaining),
            maximumResponseBytes: maximumResponseBytes,
            decompresses: decompresses,
            trust: HTTPClient.trust
        )
    }

    /// Adds the signature of this attempt.
    private func signed(_ headers: HTTPHeaders) throws(HTTPError) -> HTTPHeaders {
        guard let signature else { return headers }
        var headers = headers
        do throws(CurlError) {
            let fields = try signature().fields(
                method: method.rawValue,
                url: url.text,
                headers: headers.fields,
                payload: try payload(),
                unixSeconds: TraceClock.system.unixSeconds
            )
            for field in fields { headers.append(name: field.name, value: field.value) }
        } catch {
            throw HTTPError(error, request: name.text)
        }
        return headers
    }

    private func payload() throws(CurlError) -> RequestSignature.Payload {
        switch body?.content {
        case nil, .unencodable: .bytes([])
        case .bytes(let bytes): .bytes(bytes)
        case .file(let path): try .file(path)
        case .stream: .unsigned
        }
    }

    private func transferBody(_ failure: ErrorBox?) -> TransferBody {
        switch body?.content {
        case nil, .unencodable: .none
        case .bytes(let bytes): .bytes(bytes)
        case .file(let path): .file(path)
        case .stream(let length, let produce):
            .stream(length: length) { sink in
                do {
                    try await produce(sink)
                } catch {
                    failure?.error = error
                    throw error
                }
            }
        }
    }

    private func wireHeaders(_ span: CallSpan) -> HTTPHeaders {
        var fields = headers.wire
        if let type = body?.contentType, headers["Content-Type"] == nil {
            fields.append(name: "Content-Type", value: type)
        }
        if headers["User-Agent"] == nil { fields.append(name: "User-Agent", value: Self.userAgent) }
        guard propagation != .none else { return fields }
        let includesBaggage =
            propagation == .session
            || propagation == .byServer && outgoing.trustedServers.contains(url.host)
        // A trace that the request names itself is not replaced.
        let hasTrace = headers["traceparent"] != nil
        let own = headers.values(of: "baggage").joined(separator: ",")
        for (name, value) in span.propagationFields(includesBaggage: includesBaggage, existing: own) {
            if name == "baggage" {
                fields.removeAll(name)
            } else if hasTrace {
                continue
            }
            fields.append(name: name, value: value)
        }
        return fields
    }

    private static let userAgent = "swift-traced-lambda"

    // MARK: Repeated attempts

    /// Returns the pause before the next attempt; nil if there is none.
    private func pause(after error: HTTPError) -> Duration? {
        switch error.code {
        case .resolve, .connect: break
        case .disconnected where method.isIdempotent && error.status == nil: break
        default: return nil
        }
        return nextPause(atLeast: .zero)
    }

    private func pause(after response: TransferResponse) -> Duration? {
        guard retries.statuses.contains(response.status) else { return nil }
        let asked = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, unixSeconds: time(nil)) }
        return nextPause(atLeast: asked ?? .zero)
    }

    private func nextPause(atLeast minimum: Duration) -> Duration? {
        guard retryCount < min(retries.maximumCount, HTTPClient.Retries.maximumCountLimit),
            body?.isRepeatable != false
        else { return nil }
        let pause = max(minimum, retries.delay * (1 << retryCount))
        return pause < remaining ? pause : nil
    }

    private nonisolated(nonsending) mutating func wait(
        _ pause: Duration,
        _ transport: any TransferTransport
    ) async throws(HTTPError) {
        await transport.pause(for: pause)
        guard !Task.isCancelled else { throw error(.cancelled, "") }
        retryCount += 1
    }

    // MARK: Redirects

    /// Returns the target of a redirect; nil if the response is the call's.
    ///
    /// - Throws: ``HTTPError`` with ``HTTPError/Code/redirect`` if it may not be followed, after the span has ended.
    private func target(of response: TransferResponse, _ span: CallSpan) throws(HTTPError) -> CurlURL? {
        guard redirects.maximumCount > 0, Self.redirectStatuses.contains(response.status),
            let location = response.headers["Location"]
        else { return nil }
        let keepsBody = response.status >= 307
        if keepsBody, body?.isRepeatable == false { return nil }
        do throws(HTTPError) {
            return try target(location, status: response.status)
        } catch {
            response.body.cancel()
            span.fail(error, receivedBytes: response.body.receivedBytes)
            throw error
        }
    }

    private func target(_ location: String, status: Int) throws(HTTPError) -> CurlURL {
        guard redirectCount < redirects.maximumCount else {
            throw error(.redirect, "more than \(redirects.maximumCount) redirects", status: status)
        }
        let target: CurlURL
        do throws(CurlError) {
            target = try url.resolving(location)
        } catch {
            throw self.error(.redirect, "its target: \(error.detail)", status: status)
        }
        guard url.scheme != "https" || target.scheme == "https" else {
            throw error(.redirect, "it leads from https to http", status: status)
        }
        return target
    }

    private static let redirectStatuses: Set<Int> = [301, 302, 303, 307, 308]

    private mutating func redirect(to target: CurlURL, status: Int) {
        if !url.hasSameOrigin(as: target) {
            signature = nil
            // The request chose these for its own server; the redirect's target is that server's choice.
            if propagation == .session { propagation = .byServer }
            let isTrusted = outgoing.trustedServers.contains(target.host)
            headers = HTTPClient.Headers(
                headers.filter { field in
                    !SecretKey.names(field.name) && !field.name.equalsIgnoringCase("Host")
                        && (isTrusted || !field.name.equalsIgnoringCase("baggage"))
                }
            )
        }
        if status == 303 && method != .head || status < 303 && method == .post {
            method = .get
            body = nil
            headers = HTTPClient.Headers(headers.filter { !$0.name.lowercased().hasPrefix("content-") })
        }
        url = target
        redirectCount += 1
    }
}

extension HTTPClient {
    /// The certificate authorities, as for the exporter.
    fileprivate static let trust: TLSTrust = {
        let environment = Environment.ofProcess()
        return TLSTrust(
            file: environment[.certificateFile],
            directory: environment[.certificateDirectory],
            package: environment[.taskRoot]
        )
    }()
}

/// The error of a body's sequence.
private final class ErrorBox: Sendable {
    private let state = Mutex<(any Error)?>(nil)

    var error: (any Error)? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// The name that errors give a request; its text is made only for an error.
struct RequestName: Sendable {
    let method: HTTPClient.Method
    let url: CurlURL

    /// The method and the URL without the values of its query, and without secrets in its path.
    var text: String {
        let start = Redaction.standard.redacted(String(url.text.prefix { $0 != "?" }), as: .error)
        guard let query = url.query else { return "\(method) \(start)" }
        let names = query.split(separator: "&").map { "\($0.prefix { $0 != "=" })=…" }
        return "\(method) \(start)?\(names.joined(separator: "&"))"
    }
}
