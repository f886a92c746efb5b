import TracedLambda

/// A request that the function signs with its AWS credentials.
struct SignedRequest: Decodable {
    let method: String
    let url: String
    let headers: [[String]]
    let body: String
    let service: String

    /// Sends the request and returns the status.
    func send(_ client: HTTPClient) async throws -> Int {
        var request = HTTPClient.Request(HTTPClient.Method(rawValue: method), url)
        for field in headers where field.count == 2 { request.headers.add(field[1], to: field[0]) }
        if !body.isEmpty { request.body = .bytes(body.utf8) }
        return try await client.send(request.signed(service: service)).status
    }
}
