internal import CurlTransport
internal import WireText

/// The outcome of one export request.
enum ExportAnswer: Equatable {
    /// Accepted; the collector may have rejected some of the spans (`partial_success`), or only warned.
    ///
    /// A foreign body is one that no collector sends, such as the login page of a proxy.
    case accepted(rejectedSpanCount: Int, message: String?, isForeign: Bool = false)
    /// May be retried after the given delay.
    case retryable(reason: String, after: Duration?)
    /// Not to be retried within this flush, although the spans may be accepted later.
    case deferred(reason: String)
    /// The collector rejected the API key; with another key it may accept the spans.
    case keyRefused(reason: String)
    /// The request is too large; with fewer spans it may be accepted.
    case tooLarge(reason: String)
    /// The collector cannot read the request; without compression it may accept it.
    case unreadable(reason: String)
    /// The collector rejected the spans.
    case refused(reason: String)
}

extension ExportAnswer {
    private static let retryableStatuses: Set = [429, 502, 503, 504]
    private static let tooLargeStatus = 413
    private static let unreadableStatuses: Set = [400, 415]

    /// Interprets a response by the rules of OTLP (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).
    ///
    /// - Parameters:
    ///   - response: The collector's response.
    ///   - description: Describes a failure; not evaluated for a success.
    ///   - accepted: The statuses that mean success; any other 2xx status is a rejection.
    ///   - unixSeconds: The current time in seconds since the Unix epoch, for a date in `Retry-After`.
    init(
        _ response: HTTPResponse,
        _ description: @autoclosure () -> FailureDescription,
        accepted: Range<Int> = 200..<300,
        unixSeconds: Int
    ) {
        func reason() -> String { description().reason(status: response.status) }
        switch response.status {
        case accepted:
            let partial = PartialSuccess(response)
            self = .accepted(
                rejectedSpanCount: partial?.rejectedSpanCount ?? 0,
                message: partial?.message,
                isForeign: Self.isMarkup(response.body)
            )
        case let status where Self.retryableStatuses.contains(status):
            let delay = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, unixSeconds: unixSeconds) }
            self = .retryable(reason: reason(), after: delay)
        case 401, 403:
            self = .keyRefused(reason: reason())
        case Self.tooLargeStatus:
            self = .tooLarge(reason: reason())
        case let status where Self.unreadableStatuses.contains(status):
            self = .unreadable(reason: reason())
        default:
            self = .refused(reason: reason())
        }
    }

    init(_ error: CurlError, _ description: @autoclosure () -> FailureDescription) {
        // The status line means that the spans were accepted; sending them again would duplicate them, whatever
        // happened to the rest of the response.
        if let status = error.status, (200..<300).contains(status) {
            self = .accepted(rejectedSpanCount: 0, message: nil, isForeign: error.code == .responseTooLarge)
            return
        }
        // A server can answer, and close the connection, before it has read the whole request.
        if error.status == Self.tooLargeStatus {
            self = .tooLarge(reason: description().reason(status: Self.tooLargeStatus))
            return
        }
        if let status = error.status, Self.unreadableStatuses.contains(status) {
            self = .unreadable(reason: description().reason(status: status))
            return
        }
        switch error.code {
        case .connectFailed, .resolveFailed, .connectionDropped:
            self = .retryable(reason: description().reason(error), after: nil)
        case .timedOut, .tlsFailed, .aborted, .uploadFailed, .other:
            self = .deferred(reason: description().reason(error))
        // The status says that the request can be repeated, however large the rest of the response is.
        case .responseTooLarge where error.status.map(Self.retryableStatuses.contains) == true:
            self = .retryable(reason: description().reason(error), after: nil)
        case .invalidRequest, .malformedResponse, .responseTooLarge:
            self = .refused(reason: description().reason(error))
        }
    }

    /// Returns true for HTML and XML, which no OTLP answer starts like, in JSON or in Protobuf.
    private static func isMarkup(_ body: [UInt8]) -> Bool {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = body.starts(with: byteOrderMark) ? body.dropFirst(byteOrderMark.count) : body[...]
        return text.first { !$0.isSpace } == UInt8(ascii: "<")
    }
}
