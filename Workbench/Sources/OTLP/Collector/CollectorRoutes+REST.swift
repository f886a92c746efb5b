import HTTPTypes
import Hummingbird

/// HoneyHive's REST calls, each at all of its paths.
extension CollectorRoutes {
    private typealias Reading = @Sendable (JSONFields) throws(CollectorError) -> RESTCall

    func addRESTRoutes(to router: Router<LoopbackContext>) {
        let calls: [(HTTPRequest.Method, [RouterPath], Reading)] = [
            (.post, ["/session/start", "/v1/session/start", "/v1/sessions"], RESTCall.startSession),
            (.put, ["/events", "/v1/events"], RESTCall.enrich),
            (.post, ["/events", "/v1/events"], RESTCall.recordEvent),
            (.post, ["/events/batch", "/v1/events/batch"], RESTCall.recordBatch),
        ]
        for (method, paths, read) in calls {
            for path in paths {
                router.on(path, method: method) { request, _ in await answer(request, read) }
            }
        }
    }

    private func answer(_ request: Request, _ read: Reading) async -> Response {
        do throws(CollectorError) {
            let bytes = try await CollectedBody(of: request, limitBytes: CollectorLimits.restBodyBytes).bytes()
            let call = try read(try JSONFields(try JSONValue(body: bytes), path: "$"))
            for arrival in call.arrivals { try await record(arrival) }
            return Response(status: .ok, json: call.answer)
        } catch {
            await note(error, of: request)
            return Response(
                status: HTTPResponse.Status(code: error.code.statusCode),
                json: ["message": .string(error.reason), "errorCode": .string(error.code.description)]
            )
        }
    }
}
