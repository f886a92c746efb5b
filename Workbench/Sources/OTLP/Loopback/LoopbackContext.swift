package import Hummingbird
package import NIOCore

/// The request context of the routes: adds the connection.
package struct LoopbackContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection of the request.
    package let channel: any Channel

    /// Creates the context of one request.
    ///
    /// - Parameter source: The server's values of the request.
    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }
}
