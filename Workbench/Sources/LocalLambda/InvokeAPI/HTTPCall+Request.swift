import HTTPTypes
import Hummingbird

extension HTTPCall {
    /// Converts a server request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - target: The path and query, without the part that names the function.
    ///   - body: The request's body.
    init(_ request: Request, target: Substring, body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let host = request.head.authority.map { [Header("host", $0)] } ?? []
        let given = request.headers.map { Header($0.name.canonicalName, $0.value) }
        // The headers that Lambda's front end adds.
        let added = [Header("x-forwarded-for", "127.0.0.1"), Header("x-forwarded-proto", "http")]
        self.init(
            method: request.method.rawValue,
            path: parts[0].isEmpty ? "/" : String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : "",
            headers: host + given + added,
            body: body.isEmpty ? nil : body
        )
    }
}
