import HTTPTypes
import Hummingbird

/// Records requests to unknown paths as refusals, because such a request usually shows a wrong setting.
///
/// HEAD requests are excluded: they only open a connection.
struct UnknownPathMiddleware: RouterMiddleware {
    let store: any TraceStore

    func handle(
        _ request: Request,
        context: LoopbackContext,
        next: @concurrent (Request, LoopbackContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && request.method != .head {
            let call = "\(request.method) \(request.uri.path)"
            try? await store.record(.refusal("\(call): 404 the collector has no such path"), at: .now)
            throw error
        }
    }
}
