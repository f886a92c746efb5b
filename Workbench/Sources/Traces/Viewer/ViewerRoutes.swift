import HTTPTypes
package import Hummingbird
package import OTLP

/// The routes of the browser viewer: the page and its JSON API.
///
/// All of the page's URLs return the same file; the URL determines the session that it shows.
package struct ViewerRoutes: Sendable {
    let database: TraceDatabase

    var archive: TraceArchive { database.archive }

    /// Creates the routes.
    ///
    /// - Parameter database: The database to show.
    package init(database: TraceDatabase) {
        self.database = database
    }

    /// Adds the routes to a router with further routes.
    ///
    /// - Parameter router: The router; it must have its own ``LoopbackOnlyMiddleware``.
    package func add(to router: Router<LoopbackContext>) {
        for path in ["/", "/sessions/:session"] {
            router.get(RouterPath(path)) { request, _ in try asset("index.html", request) }
        }
        router.get("/viewer/:asset") { request, context in try asset(context.parameters.get("asset"), request) }
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

    private func asset(_ name: String?, _ request: Request) throws -> Response {
        guard let asset = name.flatMap(ViewerAsset.named) else { throw HTTPError(.notFound) }
        return asset.response(to: request)
    }

    private func parameter(_ name: String, _ context: LoopbackContext) throws -> String {
        guard let value = context.parameters.get(name).map({ PercentText.decoded($0) }) else {
            throw HTTPError(.badRequest)
        }
        return value
    }
}
