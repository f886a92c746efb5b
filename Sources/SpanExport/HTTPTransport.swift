package import CurlTransport

/// Performs an HTTP exchange: libcurl in a function, scripted responses in a test.
package protocol HTTPTransport: ~Copyable, SendableMetatype {
    /// Sends a request and waits for the response.
    ///
    /// - Parameters:
    ///   - request: The request to send.
    ///   - interrupt: Aborts the exchange when raised.
    /// - Returns: The response with any status.
    /// - Throws: ``CurlError`` if no complete response was received.
    mutating func perform(_ request: HTTPRequest, interrupt: CurlInterrupt?) throws(CurlError) -> HTTPResponse
}

extension CurlHandle: HTTPTransport {}
