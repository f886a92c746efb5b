import SwiftProtobuf

/// Builds the bodies of the collector's responses, in the encoding of the request.
package enum OTLPAnswer {
    /// Builds the response after all spans were accepted: an empty `ExportTraceServiceResponse`.
    ///
    /// - Parameter contentType: The request's encoding.
    /// - Returns: The body.
    package static func accepted(_ contentType: OTLPContentType) -> [UInt8] {
        switch contentType {
        // An empty message has no bytes in Protobuf.
        case .protobuf: []
        case .json: Array("{}".utf8)
        }
    }

    /// Builds the response to a rejected request: a `google.rpc.Status`.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - contentType: The request's encoding.
    /// - Returns: The body.
    package static func refused(_ error: CollectorError, _ contentType: OTLPContentType) -> [UInt8] {
        switch contentType {
        case .json:
            let status: JSONValue = ["code": .number(JSONNumber(error.code.rpcCode)), "message": .string(error.reason)]
            return status.bytes
        case .protobuf:
            var status = Google_Rpc_Status()
            status.code = error.code.rpcCode
            status.message = error.reason
            // Two scalar fields cannot fail to encode; an empty body would still be a valid response.
            return (try? status.serializedBytes()) ?? []
        }
    }
}
