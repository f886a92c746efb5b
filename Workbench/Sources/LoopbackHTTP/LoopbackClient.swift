package import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix

/// Asks a server on the loopback interface, one request a connection.
package enum LoopbackClient {
    /// The size of an answer beyond which it is not read.
    package static let answerLimitBytes = 16_777_216

    /// An answer, read whole.
    package struct Answer: Sendable {
        /// The status and the headers.
        package let head: HTTPResponse
        /// The body.
        package let body: [UInt8]
    }

    /// Sends a request and reads its answer.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - port: The server's port.
    ///   - path: The path and the query.
    ///   - headers: The headers but for `Host` and `Content-Length`.
    ///   - body: The body.
    /// - Returns: The answer.
    /// - Throws: `IOError` when nothing listens there; ``LoopbackError`` when the answer breaks off or is too large.
    package static func send(
        _ method: HTTPRequest.Method,
        port: Int,
        path: String,
        headers: HTTPFields = [:],
        body: [UInt8] = []
    ) async throws -> Answer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPClientCodec())
                    return try NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>(wrappingChannelSynchronously: channel)
                }
            }
        var request = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost:\(port)",
            path: path,
            headerFields: headers
        )
        request.headerFields[.contentLength] = "\(body.count)"
        return try await channel.executeThenClose { [request] inbound, outbound in
            try await outbound.write(.head(request))
            try await outbound.write(.body(ByteBuffer(bytes: body)))
            try await outbound.write(.end(nil))
            return try await answer(in: inbound)
        }
    }

    private static func answer(in parts: NIOAsyncChannelInboundStream<HTTPResponsePart>) async throws -> Answer {
        var head: HTTPResponse?
        var body: [UInt8] = []
        for try await part in parts {
            switch part {
            case .head(let response): head = response
            case .body(let buffer):
                body += buffer.readableBytesView
                guard body.count <= answerLimitBytes else { throw LoopbackError(reason: "the answer is too large") }
            case .end:
                if let head { return Answer(head: head, body: body) }
            }
        }
        throw LoopbackError(reason: "the server closed the connection before its answer was complete")
    }
}
