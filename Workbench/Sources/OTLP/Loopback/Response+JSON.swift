package import HTTPTypes
package import Hummingbird

extension Response {
    /// Creates a response with a body of bytes.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - contentType: The content type.
    ///   - bytes: The body.
    package init(status: HTTPResponse.Status, contentType: String, bytes: [UInt8]) {
        self.init(
            status: status,
            headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// Creates a response with a JSON body.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - json: The body.
    package init(status: HTTPResponse.Status, json: JSONValue) {
        self.init(status: status, contentType: "application/json", bytes: json.bytes)
    }
}
