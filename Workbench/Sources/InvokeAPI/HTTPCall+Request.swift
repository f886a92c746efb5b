import HTTPTypes
import Hummingbird
import TriggerEnvelopes

extension HTTPCall {
    /// Reads a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - target: Its path and query, without what names the function.
    ///   - body: Its body.
    init(_ request: Request, target: Substring, body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let host = request.head.authority.map { [Header("host", $0)] } ?? []
        self.init(
            method: request.method.rawValue,
            path: parts[0].isEmpty ? "/" : String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : "",
            headers: host + request.headers.map { Header($0.name.canonicalName, $0.value) },
            body: body.isEmpty ? nil : body
        )
    }
}
