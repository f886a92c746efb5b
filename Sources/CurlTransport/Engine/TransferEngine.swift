/// Performs exchanges on one thread, by libcurl's multi interface.
package final class TransferEngine: TransferTransport {
    package static let shared = TransferEngine()

    private init() {}

    package nonisolated(nonsending) func send(
        _ request: TransferRequest
    ) async throws(CurlError) -> TransferResponse {
        throw CurlError(code: .other, detail: "not implemented yet")
    }

    package nonisolated(nonsending) func pause(for duration: Duration) async {
        try? await Task.sleep(for: duration)
    }
}
