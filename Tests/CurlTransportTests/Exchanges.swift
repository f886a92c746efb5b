import CurlTransport
import ScriptedServer

extension HTTPRequest {
    /// A request with limits far above the needs of these tests.
    static func plain(
        _ method: Method = .get,
        _ url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        timeout: Duration? = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        maximumResponseBytes: Int = 8 * 1024 * 1024,
        proxy: Proxy = .none,
        trust: TLSTrust = .systemDefault
    ) -> HTTPRequest {
        HTTPRequest(
            method,
            url: url,
            headers: headers,
            body: body,
            timeout: timeout,
            connectTimeout: connectTimeout,
            maximumResponseBytes: maximumResponseBytes,
            proxy: proxy,
            trust: trust
        )
    }
}

extension CurlHandle {
    /// Returns the error of an exchange, or nil if it succeeds.
    mutating func failure(_ request: HTTPRequest) -> CurlError? {
        do {
            _ = try perform(request)
            return nil
        } catch {
            return error
        }
    }
}

/// Performs one exchange with its own handle and server.
func exchange(
    _ steps: [ScriptStep],
    _ request: (ScriptedServer) -> HTTPRequest = { .plain(.get, $0.url()) }
) throws -> (response: HTTPResponse, requests: [RecordedRequest]) {
    try ScriptedServer.serving(steps) { server in
        var curl = try CurlHandle()
        let response = try curl.perform(request(server))
        return (response, server.requests)
    }
}

/// Returns the error of one exchange with its own handle and server.
func failure(
    _ steps: [ScriptStep],
    _ request: (ScriptedServer) -> HTTPRequest = { .plain(.get, $0.url()) }
) throws -> (error: CurlError?, requests: [RecordedRequest]) {
    try ScriptedServer.serving(steps) { server in
        var curl = try CurlHandle()
        return (curl.failure(request(server)), server.requests)
    }
}

/// Returns bytes without a short period, so that a lost, duplicated or moved piece is detected.
func noise(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + noisePeriod.count)
    while bytes.count < count { bytes += noisePeriod }
    bytes.removeLast(bytes.count - count)
    return bytes
}

/// The period has a prime number of bytes, so that no buffer size is a multiple of it.
private let noisePeriod: [UInt8] = {
    var state: UInt32 = 0x9E37_79B9
    return (0..<65_521).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}()
