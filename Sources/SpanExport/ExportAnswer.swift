internal import CurlTransport

/// What one export request came to.
enum ExportAnswer: Equatable {
    /// Accepted; the collector may have refused some of the spans (`partial_success`).
    case accepted(rejectedSpanCount: Int, message: String?)
    /// Worth another try, not before the given time has passed.
    case retryable(reason: String, after: Duration?)
    /// Not worth another try within this flush, though nothing says that the spans are bad.
    case deferred(reason: String)
    /// The collector does not take the key; with another one it may take the spans.
    case keyRefused(reason: String)
    /// The collector does not want these spans.
    case refused(reason: String)
}

extension ExportAnswer {
    /// Reads an answer by OTLP's rules (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).
    ///
    /// - Parameters:
    ///   - response: The collector's answer.
    ///   - accepted: The statuses that mean success; another one of the 200s is a refusal.
    ///   - unixSeconds: The time, against which a date in `Retry-After` is read.
    init(_ response: HTTPResponse, accepted: Range<Int> = 200..<300, unixSeconds: Int) {
        switch response.status {
        case accepted:
            let partial = PartialSuccess(response)
            self = .accepted(rejectedSpanCount: partial?.rejectedSpanCount ?? 0, message: partial?.message)
        case 200..<300:
            self = .refused(reason: "HTTP \(response.status), where only HTTP \(accepted.lowerBound) is success")
        case 429, 502, 503, 504:
            let delay = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, unixSeconds: unixSeconds) }
            self = .retryable(reason: "HTTP \(response.status)", after: delay)
        case 401, 403:
            self = .keyRefused(reason: "HTTP \(response.status): the collector refuses the key")
        case 413:
            self = .refused(reason: "HTTP 413: the batch is too large for the collector")
        default:
            self = .refused(reason: "HTTP \(response.status)")
        }
    }

    init(_ error: CurlError) {
        // The status line says that the spans are taken; sending them again would double them, whatever became of the rest.
        if let status = error.status, (200..<300).contains(status) {
            self = .accepted(rejectedSpanCount: 0, message: nil)
            return
        }
        switch error.code {
        case .connectFailed, .resolveFailed, .connectionDropped:
            self = .retryable(reason: error.description, after: nil)
        case .timedOut, .tlsFailed, .aborted, .other:
            self = .deferred(reason: error.description)
        case .invalidRequest, .malformedResponse, .responseTooLarge:
            self = .refused(reason: error.description)
        }
    }
}
