internal import CurlTransport
internal import SessionTracing
internal import Synchronization

/// Reads the body of one response, and ends its span and its transfer.
final class ResponseReader: Sendable {
    private let body: any TransferResponseBody
    private let span: CallSpan
    private let request: RequestName
    private let status: Int
    private let hasBegun = Atomic(false)

    init(_ body: any TransferResponseBody, span: CallSpan, request: RequestName, status: Int) {
        self.body = body
        self.span = span
        self.request = request
        self.status = status
    }

    deinit {
        if !body.isReceived { body.cancel() }
        span.end(receivedBytes: body.receivedBytes)
    }

    func begin() throws(HTTPError) {
        if hasBegun.exchange(true, ordering: .relaxed) { throw error(.bodyRead, "") }
    }

    /// Returns the next piece; nil at the end.
    nonisolated(nonsending) func next() async throws(HTTPError) -> [UInt8]? {
        do throws(CurlError) {
            guard let piece = try await body.next() else {
                span.end(receivedBytes: body.receivedBytes)
                return nil
            }
            span.record(responseBytes: piece)
            return piece
        } catch {
            let error = HTTPError(error, request: request.text, status: status)
            span.fail(error, receivedBytes: body.receivedBytes)
            throw error
        }
    }

    func error(_ code: HTTPError.Code, _ detail: String, underlying: (any Error)? = nil) -> HTTPError {
        HTTPError(code, detail, request: request.text, status: status, underlying: underlying)
    }
}
