import NIOCore
import NIOHTTPTypes

/// Tells the registry of a connection, of its requests' trailers and of its end.
///
/// The server lets a peer close its half and still reads the answer. Here a peer that has closed its half is gone: a
/// function that is parked in `/next` and has died would otherwise still be handed an event.
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
