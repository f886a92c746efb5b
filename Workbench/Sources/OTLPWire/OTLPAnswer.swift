import OTLPSchema
import SwiftProtobuf
import WireJSON

/// The bodies of the collector's answers, in the encoding of the request.
package enum OTLPAnswer {
    /// The answer to a request whose spans were all taken: an empty `ExportTraceServiceResponse`.
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

    /// The answer to a request that was refused: a `google.rpc.Status`.
    ///
    /// - Parameters:
    ///   - error: Why it was refused.
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
            // Two plain fields cannot fail to encode; an empty body would still be a valid answer.
            return (try? status.serializedBytes()) ?? []
        }
    }
}
