internal import CurlTransport
internal import SessionTracing
internal import Synchronization
internal import Tracing

/// The client span of one exchange, by OpenTelemetry's conventions for HTTP
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client).
///
/// An exchange within a span of the caller's own has none: that span describes the last exchange, and has an event for
/// each one before it.
struct CallSpan: Sendable {
    private let span: TracedSpan?
    /// True if the span is the exchange's own, and not the caller's.
    private let isOwn: Bool
    private let outgoing: OutgoingCall
    /// The response's body so far; nil unless it is recorded.
    private let responseBody: PayloadBuffer?

    init(
        _ outgoing: OutgoingCall,
        within callersSpan: TracedSpan?,
        method: HTTPClient.Method,
        url: CurlURL,
        body: HTTPClient.Body?,
        resendCount: Int,
        recordsPayload: Bool
    ) {
        self.outgoing = outgoing
        isOwn = callersSpan == nil
        span = callersSpan ?? outgoing.startSpan(method.isKnown ? method.rawValue : "HTTP")
        responseBody = recordsPayload && span?.isRecording == true ? PayloadBuffer() : nil
        guard let span, span.isRecording else { return }
        var attributes: [(key: String, value: AttributeValue)] = [
            ("http.request.method", .string(method.isKnown ? method.rawValue : "_OTHER")),
            ("url.full", .string(Self.fullURL(url))), ("server.address", .string(url.host)),
            ("server.port", .int(url.port)),
        ]
        if !method.isKnown { attributes.append(("http.request.method_original", .string(method.rawValue))) }
        if resendCount > 0 { attributes.append(("http.request.resend_count", .int(resendCount))) }
        if let size = body?.byteCount { attributes.append(("http.request.body.size", .int(size))) }
        span.setAttributes(attributes)
        if recordsPayload, case .bytes(let bytes) = body?.content {
            span.enrich(inputs: ["body": Payload.value(bytes[...], isWhole: true)])
        }
    }

    /// The names of query values that the conventions mask, in lower case; the redaction masks all other secrets.
    private static let signatureNames: Set = ["awsaccesskeyid", "signature", "sig", "x-goog-signature"]

    private static func fullURL(_ url: CurlURL) -> String {
        guard let query = url.query else { return url.text }
        var hasSignature = false
        let members = query.split(separator: "&", omittingEmptySubsequences: false).map { member in
            let name = member.prefix { $0 != "=" }
            guard signatureNames.contains(name.lowercased()) else { return member }
            hasSignature = true
            return "\(name)=\(Redaction.mask)"
        }
        return hasSignature ? url.text.prefix { $0 != "?" } + "?" + members.joined(separator: "&") : url.text
    }

    /// Returns the header fields by which the server continues the trace.
    func propagationFields(includesBaggage: Bool, existing: String) -> [(name: String, value: String)] {
        outgoing.fields(for: span, includesBaggage: includesBaggage, existing: existing)
    }

    /// Records the head of the response and, if all of it has arrived, the size of its body.
    func record(_ response: TransferResponse) {
        guard let span, span.isRecording else { return }
        let now = span.tracer.now()
        let nanoseconds = max(now, span.startUnixNanoseconds) - span.startUnixNanoseconds
        var attributes: [(key: String, value: AttributeValue)] = [
            ("network.protocol.version", .string(response.version)),
            ("http.response.time_to_first_byte", .double(Double(nanoseconds) / 1_000_000_000)),
        ]
        if response.body.isReceived, let bytes = response.body.receivedBytes { attributes.append(Self.size(bytes)) }
        // The caller decides which status is a failure of its own span.
        if response.status < Self.leastFailedStatus || !isOwn {
            attributes.append(("http.response.status_code", .int(response.status)))
        }
        span.setAttributes(attributes)
        if response.status >= Self.leastFailedStatus, isOwn {
            span.recordHTTPStatus(response.status, failingFrom: Self.leastFailedStatus)
        }
    }

    /// The lowest status that is a failure for a client.
    private static let leastFailedStatus = 400

    private static func size(_ receivedBytes: Int) -> (key: String, value: AttributeValue) {
        ("http.response.body.size", .int(receivedBytes))
    }

    func record(responseBytes piece: [UInt8]) { responseBody?.append(piece) }

    /// Ends the span; further calls do nothing.
    ///
    /// - Parameter receivedBytes: The size of the response's body; nil if it is unknown or has been recorded.
    func end(receivedBytes: Int?) {
        guard let span else { return }
        if span.isRecording {
            if let receivedBytes { span.setAttributes([Self.size(receivedBytes)]) }
            if let value = responseBody?.value { span.enrich(outputs: ["body": value]) }
        }
        if isOwn { span.end() }
    }

    /// Records that the request is sent again.
    ///
    /// - Parameter cause: The kind of the error, or the status.
    func recordResend(after cause: String) {
        guard let span, !isOwn else { return }
        span.addEvent(SpanEvent(name: "resend", attributes: ["error.type": .string(cause)]))
    }

    /// Ends the span with an error.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - receivedBytes: The size of the response's body; nil if it is unknown.
    func fail(_ error: HTTPError, receivedBytes: Int?) {
        guard let span, span.isRecording, isOwn else { return }
        span.recordErrorType(error.code.rawValue)
        span.recordThrown(error)
        end(receivedBytes: receivedBytes)
    }
}

/// A body as it may be recorded.
enum Payload {
    /// The length of a recorded body, in bytes; the rest is cut.
    static let maximumBytes = 64 * 1024

    /// Returns JSON as its values, so that secrets are found by their keys; other text as it is, cut.
    static func value(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> AttributeValue {
        if isWhole, bytes.count <= maximumBytes, let value = try? AttributeValue(json: Array(bytes)) { return value }
        guard bytes.count > maximumBytes else {
            // Bytes that are not UTF-8 become longer.
            return .string(String(decoding: bytes, as: UTF8.self).truncated(toUTF8Bytes: maximumBytes))
        }
        let beginning = String(decoding: withoutCutScalar(bytes.prefix(maximumBytes + 1)), as: UTF8.self)
        // What was dropped may have been all that is over the limit; the mark of a cut text is wanted even then.
        return .string((beginning + "…").truncated(toUTF8Bytes: maximumBytes))
    }

    /// Returns the bytes without the beginning of a UTF-8 sequence at their end.
    private static func withoutCutScalar(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let start = bytes.suffix(3).lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return bytes }
        let length =
            switch bytes[start] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        return bytes.endIndex - start < length ? bytes[..<start] : bytes
    }
}

/// The beginning of a response's body.
private final class PayloadBuffer: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ piece: [UInt8]) {
        bytes.withLock { bytes in
            bytes += piece.prefix(Payload.maximumBytes + 1 - bytes.count)
        }
    }

    var value: AttributeValue? {
        bytes.withLock { bytes in
            bytes.isEmpty ? nil : Payload.value(bytes[...], isWhole: bytes.count <= Payload.maximumBytes)
        }
    }
}
