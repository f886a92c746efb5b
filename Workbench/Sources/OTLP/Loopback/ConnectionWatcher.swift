import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Channel handler that registers a connection, limits its time, answers `Expect: 100-continue`, and stores the trailers
/// of its requests.
///
/// The server supports half-closed connections. This handler closes a connection whose input the peer has closed: a
/// function that has died in an open `/next` would otherwise still be handed an event.
final class ConnectionWatcher: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The state of the connection's current request.
    private enum Phase {
        /// No request, or a part of its head.
        case idle
        /// The head is here, and the body is not complete.
        case receiving
        /// The request is complete, and its response is not.
        case answering
    }

    /// The connection of a stream of HTTP/2, which has been admitted or refused as a whole.
    struct StreamConnection {
        let connection: any Channel
        let isRefused: Bool
    }

    private let registry: ConnectionRegistry
    /// `nil` for HTTP/1, whose connections this handler admits.
    private let stream: StreamConnection?
    private var phase = Phase.idle
    private var isRefused = false
    private var latestActivity = NIODeadline.now()
    private var timer: Scheduled<Void>?

    init(registry: ConnectionRegistry, stream: StreamConnection? = nil) {
        self.registry = registry
        self.stream = stream
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if let stream {
            isRefused = stream.isRefused
        } else if case .refused = registry.admit(context.channel) {
            isRefused = true
        }
        watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        latestActivity = .now()
        let part = unwrapInboundIn(data)
        switch part {
        case .head(let request):
            enter(.receiving, context)
            if request.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end(let trailers):
            registry.setTrailers(trailers, on: context.channel)
            enter(.answering, context)
            if isRefused { return refuse(context) }
        }
        if !isRefused { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        latestActivity = .now()
        if case .end = unwrapOutboundIn(data), phase == .answering { enter(.idle, context) }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        }
    }

    /// Answers a request beyond the limit of connections.
    private func refuse(_ context: ChannelHandlerContext) {
        let message = #"{"message":"too many connections; try again later","errorCode":"unavailable"}"#
        var head = HTTPResponse(status: .serviceUnavailable)
        head.headerFields[.contentType] = "application/json"
        head.headerFields[.contentLength] = "\(message.utf8.count)"
        head.headerFields[.retryAfter] = "1"
        // HTTP/2 has no such field (RFC 9113, section 8.2.2).
        if stream == nil { head.headerFields[.connection] = "close" }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(string: message))), promise: nil)
        let channel = stream?.connection ?? context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    private func enter(_ phase: Phase, _ context: ChannelHandlerContext) {
        self.phase = phase
        watch(context)
    }

    // MARK: Time limits

    /// The time limit of the current phase; `nil` while the server works on a response.
    private var limit: TimeAmount? {
        switch phase {
        case .idle: .seconds(stream == nil ? registry.timeouts.idleSeconds : registry.timeouts.bodySeconds)
        case .receiving: .seconds(registry.timeouts.bodySeconds)
        case .answering: nil
        }
    }

    private func watch(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        guard let limit else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: latestActivity + limit) {
            let (watcher, context) = bound.value
            watcher.expire(context)
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        guard let limit else { return }
        // A part that arrived meanwhile moves the limit.
        if latestActivity + limit > .now() { watch(context) } else { context.close(promise: nil) }
    }
}
