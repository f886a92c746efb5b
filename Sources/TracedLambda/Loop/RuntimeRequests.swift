internal import CurlTransport
internal import WireText

/// Creates the requests of the Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
struct RuntimeRequests: Sendable {
    private let base: String
    private let userAgent: String
    private let nextRequest: HTTPRequest

    /// The maximum size of an event, in bytes: Lambda's limit of 6 MiB plus headroom.
    static let maximumEventBytes = 6 * 1024 * 1024 + 64 * 1024
    /// The maximum size of a response to a post, in bytes: one line of JSON.
    static let maximumResponseBytes = 64 * 1024
    static let postTimeoutSeconds = 30

    init(endpoint: RuntimeEndpoint) {
        base = endpoint.base
        userAgent = "swift-traced-lambda/\(TracedLambdaVersion.current)"
        nextRequest = HTTPRequest(
            .get,
            url: "\(base)/invocation/next",
            headers: ["User-Agent": userAgent],
            timeout: nil,
            maximumResponseBytes: Self.maximumEventBytes
        )
    }

    /// Returns the request for the next invocation.
    ///
    /// It has no timeout: the process may be frozen for hours during it.
    func next() -> HTTPRequest { nextRequest }

    func post(_ result: InvocationResult, to invocation: InvocationIDs) -> HTTPRequest {
        let id = invocation.requestID
        switch result {
        case .response(let body): return echoing(invocation, post(body, to: "\(base)/invocation/\(id)/response"))
        // Not reached: the end of a stream has no post of its own; the trailers of the streamed post hold the error.
        case .endOfStream(nil): return echoing(invocation, post([], to: "\(base)/invocation/\(id)/response"))
        case .error(let report), .endOfStream(let report?):
            return echoing(invocation, post(report, to: "\(base)/invocation/\(id)/error"))
        }
    }

    /// Returns the request that posts a streamed response.
    ///
    /// - Parameters:
    ///   - contentType: The content type, which determines whether the body starts with a prelude.
    ///   - invocation: The invocation to respond to.
    ///   - timeout: The maximum time until the end of the stream.
    /// - Returns: The request without its body.
    func stream(contentType: String, to invocation: InvocationIDs, timeout: Duration) -> HTTPRequest {
        var request = post([], to: "\(base)/invocation/\(invocation.requestID)/response", contentType: contentType)
        request.timeout = timeout
        request.headers.append(name: "Lambda-Runtime-Function-Response-Mode", value: "streaming")
        request.headers.append(name: "Trailer", value: "\(Self.errorTypeField), \(Self.errorBodyField)")
        return echoing(invocation, request)
    }

    /// Returns the trailers of a stream: none, or the handler's error.
    static func trailers(_ report: ErrorReport?) -> HTTPHeaders {
        guard let report else { return [:] }
        return [
            errorTypeField: report.errorTypeHeader,
            errorBodyField: Base64.encode(report.body),
        ]
    }

    private static let errorTypeField = "Lambda-Runtime-Function-Error-Type"
    private static let errorBodyField = "Lambda-Runtime-Function-Error-Body"

    private func echoing(_ invocation: InvocationIDs, _ request: HTTPRequest) -> HTTPRequest {
        guard let id = invocation.invocationID else { return request }
        var request = request
        request.headers.append(name: "Lambda-Runtime-Invocation-Id", value: id)
        return request
    }

    func initError(_ report: ErrorReport) -> HTTPRequest {
        post(report, to: "\(base)/init/error")
    }

    private func post(_ report: ErrorReport, to url: String) -> HTTPRequest {
        var request = post(report.body, to: url)
        request.headers.append(name: Self.errorTypeField, value: report.errorTypeHeader)
        request.headers.append(name: "Lambda-Runtime-Function-XRay-Error-Cause", value: report.xrayCauseHeader)
        return request
    }

    private func post(_ body: [UInt8], to url: String, contentType: String = "application/json") -> HTTPRequest {
        HTTPRequest(
            .post,
            url: url,
            headers: ["User-Agent": userAgent, "Content-Type": contentType],
            body: body,
            timeout: .seconds(Self.postTimeoutSeconds),
            maximumResponseBytes: Self.maximumResponseBytes
        )
    }
}
