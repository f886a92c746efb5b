import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// HTTP/2 without TLS, by prior knowledge (RFC 9113, section 3.3), as clients of gRPC speak it.
///
/// Each stream is handled like a connection with one request; see ``ConnectionWatcher``.
struct PlainHTTP2Channel: HTTPChannelHandler {
    /// The limit of requests that a connection may have at the same time.
    static let streamLimitCount = 100

    typealias Stream = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let streams: NIOHTTP2Handler.AsyncStreamMultiplexer<Stream>
    }

    let registry: ConnectionRegistry
    let responder: Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let isRefused = if case .refused = registry.admit(channel) { true } else { false }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(registry.timeouts.idleSeconds)))
            var configuration = NIOHTTP2Handler.Configuration()
            configuration.connection.initialSettings.append(
                HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.streamLimitCount)
            )
            let streams = try pipeline.configureAsyncHTTP2Pipeline(mode: .server, configuration: configuration) {
                stream in
                stream.eventLoop.makeCompletedFuture {
                    let pipeline = stream.pipeline.syncOperations
                    try pipeline.addHandler(HTTP2FramePayloadToHTTPServerCodec())
                    try pipeline.addHandler(
                        ConnectionWatcher(registry: registry, stream: .init(connection: channel, isRefused: isRefused))
                    )
                    return try Stream(wrappingChannelSynchronously: stream)
                }
            }
            try pipeline.addHandler(ConnectionCloser())
            return Value(channel: channel, streams: streams)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // The connection's errors end its streams, too; there is nobody else to tell.
        try? await withThrowingDiscardingTaskGroup { group in
            for try await stream in value.streams.inbound {
                group.addTask { await self.handleHTTP(asyncChannel: stream, logger: logger) }
            }
        }
    }
}

/// Closes a connection on which nothing has been sent or received for the time limit, after a GOAWAY, so that the client
/// sends its next request on a new one; and at once one that does not begin with HTTP/2's preface.
private final class ConnectionCloser: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        let farewell = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil)
        )
        context.writeAndFlush(wrapOutboundOut(farewell), promise: nil)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Other errors can be those of one stream, which leave the others.
        if error is NIOHTTP2Errors.BadClientMagic { context.close(promise: nil) }
        context.fireErrorCaught(error)
    }
}
