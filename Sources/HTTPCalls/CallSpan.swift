internal import CurlTransport
internal import SessionTracing
internal import Synchronization

/// The client span of one exchange, by OpenTelemetry's conventions for HTTP
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client).
struct CallSpan: Sendable {
    private let span: TracedSpan?
    private let place: OutgoingCall
    /// The response's body so far; nil unless it is recorded.
    private let responseBody: PayloadBuffer?

    init(
        _ place: OutgoingCall,
        method: HTTPClient.Method,
        url: CurlURL,
        resendCount: Int,
        recordsPayload: Bool
    ) {
        self.place = place
        span = place.startSpan(method.isKnown ? method.rawValue : "HTTP")
        responseBody = recordsPayload && span?.isRecording == true ? PayloadBuffer() : nil
        guard let span, span.isRecording else { return }
        var attributes: [(key: String, value: AttributeValue)] = [
            ("http.request.method", .string(method.isKnown ? method.rawValue : "_OTHER")),
            ("url.full", .string(Self.fullURL(url))), ("server.address", .string(url.host)),
            ("server.port", .int(url.port)),
        ]
        if !method.isKnown { attributes.append(("http.request.method_original", .string(method.rawValue))) }
        if resendCount > 0 { attributes.append(("http.request.resend_count", .int(resendCount))) }
        span.setAttributes(attributes)
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
        place.fields(for: span, includesBaggage: includesBaggage, existing: existing)
    }

    func record(requestBody body: TransferBody, contentType: String?) {
        guard let span, case .bytes(let bytes) = body else { return }
        span.setAttributes([("http.request.body.size", .int(bytes.count))])
        if responseBody != nil { span.enrich(inputs: ["body": Payload.value(bytes[...], isWhole: true)]) }
    }

    func recordHead(status: Int, version: String, headers: HTTPHeaders) {
        guard let span, span.isRecording else { return }
        let now = span.tracer.now()
        let nanoseconds = max(now, span.startUnixNanoseconds) - span.startUnixNanoseconds
        span.setAttributes([
            ("network.protocol.version", .string(version)),
            ("http.response.time_to_first_byte", .double(Double(nanoseconds) / 1_000_000_000)),
        ])
        span.recordHTTPStatus(status, failingFrom: 400)
    }

    func record(responseBytes piece: [UInt8]) { responseBody?.append(piece) }

    /// Ends the span; further calls do nothing.
    func end(receivedBytes: Int) {
        guard let span else { return }
        if span.isRecording {
            span.setAttributes([("http.response.body.size", .int(receivedBytes))])
            if let value = responseBody?.value { span.enrich(outputs: ["body": value]) }
        }
        span.end()
    }

    /// Ends the span with an error.
    func fail(_ error: HTTPError, receivedBytes: Int) {
        guard let span, span.isRecording else { return }
        span.setAttributes([("error.type", .string(error.code.rawValue))])
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
        return .string(String(decoding: bytes.prefix(maximumBytes), as: UTF8.self))
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
