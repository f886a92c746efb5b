import FoundationEssentials
import HTTPTypes
package import Hummingbird
package import OTLP

/// The routes of the Invoke API, as AWS's own clients call it.
package struct InvokeRoutes: Sendable {
    static let version = "$LATEST"

    let functions: FunctionRegistry
    let asynchronous: AsynchronousInvocations

    /// Creates the routes.
    ///
    /// - Parameters:
    ///   - functions: The functions.
    ///   - asynchronous: The queue of asynchronous invocations.
    package init(functions: FunctionRegistry, asynchronous: AsynchronousInvocations) {
        self.functions = functions
        self.asynchronous = asynchronous
    }

    /// Adds the routes to a router.
    ///
    /// - Parameter router: The router.
    package func add(to router: Router<LoopbackContext>) {
        router.post("/2015-03-31/functions/:name/invocations") { request, context in
            await answer(context) { function throws(InvokeError) in try await invoke(function, request) }
        }
        router.post("/2021-11-15/functions/:name/response-streaming-invocations") { request, context in
            await answer(context) { function throws(InvokeError) in try await stream(function, request) }
        }
    }

    private func answer(
        _ context: LoopbackContext,
        _ take: (any InvocableFunction) async throws(InvokeError) -> Response
    ) async -> Response {
        do throws(InvokeError) {
            let name = FunctionReference.name(in: context.parameters.get("name") ?? "")
            guard let function = functions.function(named: name) else {
                throw .functionNotFound(name, known: functions.names)
            }
            return try await take(function)
        } catch {
            return error.response
        }
    }

    private func invoke(
        _ function: any InvocableFunction,
        _ request: Request
    ) async throws(InvokeError) -> Response {
        let request = try await InvokeRequest(request)
        let requestID = request.invocation.requestID
        switch request.kind {
        case .dryRun: return Response(status: .noContent, headers: [.amazonRequestID: requestID])
        case .event:
            guard asynchronous.submit(request.invocation, to: function) else { throw .tooManyRequests }
            return Response(status: .accepted, headers: [.amazonRequestID: requestID])
        case .requestResponse:
            do throws(InvocationRefusal) {
                return response(to: requestID, try await function.invoke(request.invocation, into: nil))
            } catch {
                throw InvokeError(error)
            }
        }
    }

    private func response(to requestID: String, _ report: InvocationReport) -> Response {
        var response: Response
        switch report.result {
        case .response(let bytes, let contentType):
            response = Response(status: .ok, contentType: contentType ?? "application/json", bytes: bytes)
        case .failure(let error):
            response = Response(status: .ok, json: error.json)
            response.headers[.functionError] = "Unhandled"
        }
        response.headers[.amazonRequestID] = requestID
        response.headers[.executedVersion] = Self.version
        if !report.log.isEmpty { response.headers[.logResult] = Data(report.log).base64EncodedString() }
        return response
    }
}
