package import Hummingbird
package import NIOCore

/// What a route knows of its request beside the request itself: the connection.
package struct LoopbackContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection on which the request came.
    package let channel: any Channel

    /// Makes a context for one request.
    ///
    /// - Parameter source: What the server knows of the request.
    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }
}
