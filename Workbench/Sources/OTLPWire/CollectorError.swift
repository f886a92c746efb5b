/// Why the collector refuses a request.
package struct CollectorError: Error, Sendable, Hashable {
    /// The kind of refusal.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String
        /// The HTTP status of the refusal.
        package let statusCode: Int
        /// The code of the `google.rpc.Status` in the answer.
        package let rpcCode: Int32

        /// The body is not what its content type says.
        package static let malformed = Code(description: "malformed", statusCode: 400, rpcCode: 3)
        /// The body is over the limit, as it is sent or once it is unpacked.
        package static let tooLarge = Code(description: "too large", statusCode: 413, rpcCode: 8)
        /// The content type, or the content encoding, is none that the collector reads.
        package static let unsupported = Code(description: "unsupported", statusCode: 415, rpcCode: 3)
        /// The collector cannot store it now; its sender may try again.
        package static let unavailable = Code(description: "unavailable", statusCode: 503, rpcCode: 14)
    }

    /// The kind of refusal.
    package let code: Code
    /// What is wrong, for people.
    package let reason: String

    /// Makes an error of all its fields.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension CollectorError: CustomStringConvertible {
    /// The reason, for people.
    package var description: String { reason }
}
