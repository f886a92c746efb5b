import FoundationEssentials
import HTTPTypes
package import Hummingbird
import NIOCore
package import OTLP

/// Serves function URLs: `http://NAME.localhost:PORT/…`, and `/url/NAME/…` for clients that cannot resolve such hosts.
package struct FunctionURLMiddleware: RouterMiddleware {
    package typealias Context = LoopbackContext

    private static let pathPrefix = "/url/"

    let functions: FunctionRegistry

    /// Creates the middleware.
    ///
    /// - Parameter functions: The functions.
    package init(functions: FunctionRegistry) {
        self.functions = functions
    }

    package func handle(
        _ request: Request,
        context: LoopbackContext,
        next: @concurrent (Request, LoopbackContext) async throws -> Response
    ) async throws -> Response {
        guard let (name, target) = Self.target(of: request.head) else { return try await next(request, context) }
        // A link on another site's page would run the function, whereas a link to a page of this server only shows it.
        guard request.headers[.secFetchSite] != "cross-site" else {
            return Self.answer(403, "Forbidden")
        }
        guard let function = functions.function(named: name, ignoresCase: true) else {
            return Self.answer(404, "Function not found: \(FunctionRegistry.unknown(name, known: functions.names))")
        }
        switch await CollectedBody(of: request, limitBytes: RuntimeLimits.eventBytes) {
        case .tooLarge: return Self.answer(413, "Request Too Long")
        case .truncated: return Self.answer(400, "Bad Request")
        case .complete(let body):
            let call = HTTPCall(request, target: target, body: body)
            let response = await answer(call, by: function, host: request.head.authority ?? "")
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    /// Finds the function that a request names, and the rest of the request target.
    ///
    /// - Parameter head: The request's head.
    /// - Returns: `nil` when the request names no function.
    package static func target(of head: HTTPRequest) -> (name: String, target: Substring)? {
        let path = head.path ?? "/"
        let host = (head.authority ?? "").split(separator: ":").first.map { $0.lowercased() } ?? ""
        if host.hasSuffix(".localhost") { return (String(host.dropLast(".localhost".count)), path[...]) }
        guard path.hasPrefix(pathPrefix) else { return nil }
        let rest = path.dropFirst(pathPrefix.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        return (String(rest[..<end]), rest[end...])
    }

    private static func answer(_ status: Int, _ message: String) -> Response {
        Response(status: HTTPResponse.Status(code: status), json: ["Message": .string(message)])
    }

    private func answer(_ call: HTTPCall, by function: any InvocableFunction, host: String) async -> Response {
        let metadata = EventMetadata(date: Date(), id: UUID().uuidString.lowercased())
        let event = GatewayEvents.version2(call, host: host, metadata).bytes
        guard event.count <= RuntimeLimits.eventBytes else { return Self.answer(413, "Request Too Long") }
        var request = InvocationRequest(requestID: metadata.id, event: event)
        request.traceID = call.header("x-amzn-trace-id")
        return await URLAnswer(StreamedInvocation(request, of: function)).response()
    }
}
