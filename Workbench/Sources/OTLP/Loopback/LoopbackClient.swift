package import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix

/// HTTP client for servers on the loopback interface, with one connection per request.
package enum LoopbackClient {
    /// The limit of a response body, in bytes.
    static let answerLimitBytes = 16_777_216
    /// The limit of an export's body, in bytes: that of a database and the form of its text.
    package static let exportLimitBytes = 2 * 1_024 * 1_024 * 1_024

    /// A response, collected in memory.
    package struct Answer: Sendable {
        /// The status and the headers.
        package let head: HTTPResponse
        package let body: [UInt8]
    }

    /// Sends a request and reads its response.
    ///
    /// `headers`: The headers except `Host` and `Content-Length`.
    /// Throws `IOError` when nothing listens on the port; ``LoopbackError`` when the response is incomplete or too
    /// large.
    package static func send(
        _ method: HTTPRequest.Method,
        port: Int,
        path: String,
        headers: HTTPFields = [:],
        body: [UInt8] = [],
        answerLimitBytes: Int = answerLimitBytes
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
            return try await answer(in: inbound, answerLimitBytes)
        }
    }

    private static func answer(
        in parts: NIOAsyncChannelInboundStream<HTTPResponsePart>,
        _ answerLimitBytes: Int
    ) async throws -> Answer {
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
