import CurlTransport
import ScriptedServer

extension HTTPRequest {
    /// A request with limits that no healthy exchange of these tests comes near.
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
    /// The error that an exchange ends with, or nil when it brings an answer.
    mutating func failure(_ request: HTTPRequest) -> CurlError? {
        do {
            _ = try perform(request)
            return nil
        } catch {
            return error
        }
    }
}

/// One exchange on a handle of its own with a server of its own.
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

/// The failure of one exchange on a handle of its own with a server of its own.
func failure(
    _ steps: [ScriptStep],
    _ request: (ScriptedServer) -> HTTPRequest = { .plain(.get, $0.url()) }
) throws -> (error: CurlError?, requests: [RecordedRequest]) {
    try ScriptedServer.serving(steps) { server in
        var curl = try CurlHandle()
        return (curl.failure(request(server)), server.requests)
    }
}

/// Bytes without a short period, so that a piece that is lost, doubled or moved shows.
func noise(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + noisePeriod.count)
    while bytes.count < count { bytes += noisePeriod }
    bytes.removeLast(bytes.count - count)
    return bytes
}

/// A prime number of bytes, so that no buffer's size is a multiple of it.
private let noisePeriod: [UInt8] = {
    var state: UInt32 = 0x9E37_79B9
    return (0..<65_521).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}()
