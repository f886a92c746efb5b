package import CurlTransport

/// Makes one HTTP exchange: libcurl in a function, a script in a test.
package protocol HTTPTransport: ~Copyable {
    /// - Throws: ``CurlError`` when no complete answer came.
    mutating func perform(_ request: HTTPRequest) throws(CurlError) -> HTTPResponse
}

extension CurlHandle: HTTPTransport {}
