import NIOCore
import NIOHTTPTypes

/// Channel handler that registers a connection and stores the trailers of its requests.
///
/// The server supports half-closed connections. This handler closes a connection whose input the peer has closed: a
/// function that has died in an open `/next` would otherwise still be handed an event.
final class ConnectionWatcher: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let registry: ConnectionRegistry

    init(registry: ConnectionRegistry) {
        self.registry = registry
    }

    func handlerAdded(context: ChannelHandlerContext) {
        registry.insert(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end(let trailers) = unwrapInboundIn(data) {
            registry.setTrailers(trailers, on: context.channel)
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        }
    }
}
