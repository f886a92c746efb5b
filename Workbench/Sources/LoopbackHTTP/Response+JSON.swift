package import HTTPTypes
package import Hummingbird
package import WireJSON

extension Response {
    /// Makes an answer of bytes.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - contentType: What the bytes are.
    ///   - bytes: The body.
    package init(status: HTTPResponse.Status, contentType: String, bytes: [UInt8]) {
        self.init(
            status: status,
            headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// Makes an answer of a JSON value.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - json: The body.
    package init(status: HTTPResponse.Status, json: JSONValue) {
        self.init(status: status, contentType: "application/json", bytes: json.bytes)
    }
}
