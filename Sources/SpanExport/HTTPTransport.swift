package import CurlTransport

/// Makes one HTTP exchange: libcurl in a function, a script in a test.
package protocol HTTPTransport: ~Copyable {
    /// - Parameters:
    ///   - request: What to send.
    ///   - interrupt: Ends the exchange early when it is raised.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``CurlError`` when no complete answer came.
    mutating func perform(_ request: HTTPRequest, interrupt: CurlInterrupt?) throws(CurlError) -> HTTPResponse
}

extension CurlHandle: HTTPTransport {}
