internal import CurlTransport
internal import SessionTracing

/// Describes failed export requests: the cause, the host, and the setting to check.
struct FailureDescription {
    private let host: String
    private let settings: SettingNames
    private let isKeyStored: Bool

    init(_ destination: ExportDestination) {
        host = destination.endpoint.host
        settings = destination.settingNames
        isKeyStored = destination.storedKey != nil
    }

    /// Describes a response that is not a success.
    func reason(status: Int) -> String {
        "HTTP \(status) from \(host)" + advice(status)
    }

    private func advice(_ status: Int) -> String {
        switch status {
        case 200..<300: "; only HTTP 200 is a success here; check \(settings.url)"
        case 300..<400: "; redirects are not followed; set \(settings.url) to the final address"
        case 401, 403: keyAdvice
        case 404, 405: "; check the path in \(settings.url)"
        case 400, 415, 422: "; the spans cannot be read; check \(settings.encoding) and \(settings.url)"
        case 413:
            "; the request is too large; raise the collector's limit or lower "
                + EnvironmentVariable.attributeValueLengthLimit.rawValue
        case 429: "; too many requests; record fewer traces with \(EnvironmentVariable.sampler.rawValue)"
        case 502, 503, 504: "; the collector is not available; if that lasts, check \(settings.url)"
        case 500...: "; the collector failed; see its own log"
        default: "; check \(settings.url)"
        }
    }

    private var keyAdvice: String {
        guard let key = settings.key else { return "; no key is set; set \(EnvironmentVariable.headers.rawValue)" }
        return isKeyStored
            ? "; the key is refused; check the secret that \(key) names" : "; the key is refused; check \(key)"
    }

    /// Describes a request without a complete response.
    func reason(_ error: CurlError) -> String {
        let advice =
            switch error.code {
            case .connectFailed: "check \(settings.url) and the function's network"
            case .resolveFailed: "check the host in \(settings.url) and the function's network"
            case .timedOut: "check \(settings.url), or raise \(EnvironmentVariable.flushBudget.rawValue)"
            case .tlsFailed: "check \(settings.trust) and \(settings.url)"
            case .malformedResponse: "check the port in \(settings.url)"
            case .invalidRequest: "check \(settings.url) and \(settings.key ?? EnvironmentVariable.headers.rawValue)"
            case .connectionDropped, .responseTooLarge, .aborted, .uploadFailed, .other: "check \(settings.url)"
            }
        return "no answer from \(host): \(error); \(advice)"
    }

    /// Describes spans that the collector rejected out of an accepted request.
    func rejection(_ message: String?) -> String {
        message.map { "rejected by \(host): \($0)" } ?? "rejected by \(host) without a reason; see its own log"
    }

    /// Describes a message that came with accepted spans.
    func warning(_ message: String) -> String { "warning from \(host): \(message)" }

    /// Describes a success whose body no collector sends.
    var foreignBody: String {
        "\(host) answered with a web page in place of an OTLP answer, so the spans may not have arrived; check "
            + settings.url
    }

    /// Describes a collector that reads no compressed requests.
    var refusedCompression: String {
        "\(host) refused a request with Content-Encoding: gzip and not the same one without; requests are no longer "
            + "compressed. Set \(EnvironmentVariable.compression.rawValue)=none"
    }

    /// Describes the pause that a collector asked for with `Retry-After`.
    var pause: String { "\(host) asked for a pause; they are sent after it" }

    /// Describes a collector that is not asked because it has not answered.
    var outage: String { "\(host) has not answered for a while; they are sent when it does; check \(settings.url)" }

    /// Describes a flush without time for a request.
    static var lateness: String {
        "no time was left; raise the function's timeout or \(EnvironmentVariable.flushBudget.rawValue)"
    }
}
