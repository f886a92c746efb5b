/// An error for which the collector rejects a request.
package struct CollectorError: Error, Sendable, Hashable {
    /// The kind of error.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String
        /// The HTTP status of the response.
        package let statusCode: Int
        /// The code of the `google.rpc.Status` in the response.
        package let rpcCode: Int32

        /// The body does not conform to its content type.
        package static let malformed = Code(description: "malformed", statusCode: 400, rpcCode: 3)
        /// The body exceeds the limit, compressed or decompressed.
        package static let tooLarge = Code(description: "too large", statusCode: 413, rpcCode: 8)
        /// The collector does not support the content type or the content encoding.
        package static let unsupported = Code(description: "unsupported", statusCode: 415, rpcCode: 3)
        /// The collector cannot store the data now; the sender may retry.
        package static let unavailable = Code(description: "unavailable", statusCode: 503, rpcCode: 14)
    }

    /// The kind of error.
    package let code: Code
    /// The error message, for people.
    package let reason: String

    /// Creates an error.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension CollectorError: CustomStringConvertible {
    /// The error message, for people.
    package var description: String { reason }
}
