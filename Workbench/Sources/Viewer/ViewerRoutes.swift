import HTTPTypes
package import Hummingbird
package import LoopbackHTTP
package import TraceDatabase
import TriggerEnvelopes
import WireJSON

/// The viewer in the browser: its page, and what the page asks for.
///
/// The page is the same at every address that a person sees; which session it shows is in the address.
package struct ViewerRoutes: Sendable {
    let database: TraceDatabase

    var archive: TraceArchive { database.archive }

    /// Makes the routes.
    ///
    /// - Parameter database: What is shown.
    package init(database: TraceDatabase) {
        self.database = database
    }

    /// Adds the routes to a router that has others too.
    ///
    /// - Parameter router: The router; it must bring its own ``LoopbackOnlyMiddleware``.
    package func add(to router: Router<LoopbackContext>) {
        for path in ["/", "/sessions/:session"] {
            router.get(RouterPath(path)) { request, _ in ViewerAsset.page.response(to: request) }
        }
        router.get("/viewer/:asset") { request, context in
            guard let asset = context.parameters.get("asset").flatMap(ViewerAsset.named) else {
                throw HTTPError(.notFound)
            }
            return asset.response(to: request)
        }
        router.get("/api/sessions") { request, _ in try await sessions(request) }
        router.get("/api/sessions/:session") { request, context in
            try await session(try parameter("session", context), request)
        }
        router.get("/api/sessions/:session/otlp") { _, context in
            try await otlp(try parameter("session", context))
        }
        router.get("/api/spans/:trace/:span") { _, context in
            try await span(try parameter("trace", context), try parameter("span", context))
        }
        router.get("/api/changes") { _, _ in ViewerChanges.response(to: database.changes()) }
    }

    private func parameter(_ name: String, _ context: LoopbackContext) throws -> String {
        guard let value = context.parameters.get(name).map({ PercentText.decoded($0) }) else {
            throw HTTPError(.badRequest)
        }
        return value
    }
}
