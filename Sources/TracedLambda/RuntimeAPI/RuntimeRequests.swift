internal import CurlTransport

/// The Runtime API's requests as values (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
struct RuntimeRequests: Sendable {
    private let base: String
    private let userAgent: String

    /// Events are at most 6 MiB; asynchronous ones and those of other sources are smaller.
    static let maximumEventBytes = 6 * 1024 * 1024 + 64 * 1024
    /// Lambda's answers to a post are a line of JSON.
    static let maximumAnswerBytes = 64 * 1024
    static let postTimeoutSeconds = 30

    init(endpoint: RuntimeEndpoint) {
        base = endpoint.base
        userAgent = "swift-traced-lambda/\(TracedLambdaVersion.current)"
    }

    /// Waits without end: the process may be frozen for hours inside this call.
    func next() -> HTTPRequest {
        HTTPRequest(
            .get,
            url: "\(base)/invocation/next",
            headers: ["User-Agent": userAgent],
            timeout: nil,
            maximumResponseBytes: Self.maximumEventBytes
        )
    }

    func post(_ answer: InvocationAnswer, to invocation: RuntimeLoop.Receipt) -> HTTPRequest {
        let url = "\(base)/invocation/\(invocation.requestID)"
        var request: HTTPRequest
        switch answer {
        case .response(let body): request = post(body, to: "\(url)/response")
        case .error(let report): request = post(report, to: "\(url)/error")
        }
        if let id = invocation.invocationID {
            request.headers.append(name: "Lambda-Runtime-Invocation-Id", value: id)
        }
        return request
    }

    func initError(_ report: ErrorReport) -> HTTPRequest {
        post(report, to: "\(base)/init/error")
    }

    private func post(_ report: ErrorReport, to url: String) -> HTTPRequest {
        var request = post(report.body, to: url)
        request.headers.append(name: "Lambda-Runtime-Function-Error-Type", value: report.errorTypeHeader)
        request.headers.append(name: "Lambda-Runtime-Function-XRay-Error-Cause", value: report.xrayCauseHeader)
        return request
    }

    private func post(_ body: [UInt8], to url: String) -> HTTPRequest {
        HTTPRequest(
            .post,
            url: url,
            headers: ["User-Agent": userAgent, "Content-Type": "application/json"],
            body: body,
            timeout: .seconds(Self.postTimeoutSeconds),
            maximumResponseBytes: Self.maximumAnswerBytes
        )
    }
}
