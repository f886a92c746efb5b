import HTTPTypes
package import Hummingbird

/// The HTTP routes of the collector: OTLP at HoneyHive's path and at the standard path, and HoneyHive's REST calls.
package struct CollectorRoutes: Sendable {
    /// The limit of an OTLP request's body as sent, in bytes; HoneyHive's own limit is 5 MB.
    static let bodyBytes = 16 * 1_024 * 1_024
    /// The limit of a body of HoneyHive's REST calls, in bytes.
    private static let restBodyBytes = 5 * 1_024 * 1_024

    let store: any TraceStore

    /// Creates the routes.
    ///
    /// - Parameter store: The store of everything that is accepted.
    package init(store: any TraceStore) {
        self.store = store
    }

    /// The router of a server with these routes only.
    package var router: Router<LoopbackContext> {
        let router = Router(context: LoopbackContext.self)
        router.add(middleware: LoopbackOnlyMiddleware())
        router.add(middleware: UnknownPathMiddleware(store: store))
        add(to: router)
        return router
    }

    /// Adds the routes to a router with further routes.
    ///
    /// - Parameter router: The router; it must have its own ``LoopbackOnlyMiddleware``.
    package func add(to router: Router<LoopbackContext>) {
        for signal in OTLPSignal.allCases {
            for prefix in ["/opentelemetry", ""] {
                router.post(RouterPath("\(prefix)/v1/\(signal)")) { request, _ in await export(request, signal) }
            }
        }
        addRESTRoutes(to: router)
    }

    private func export(_ request: Request, _ signal: OTLPSignal) async -> Response {
        let contentType: OTLPContentType
        do throws(CollectorError) {
            contentType = try OTLPContentType(header: request.headers[.contentType])
        } catch {
            return await refusal(of: request, error, .json)
        }
        do throws(CollectorError) {
            for arrival in try await arrivals(in: request, signal, contentType) { try await record(arrival) }
            let body = OTLPAnswer.accepted(contentType)
            return Response(status: .ok, contentType: contentType.rawValue, bytes: body)
        } catch {
            return await refusal(of: request, error, contentType)
        }
    }

    private func arrivals(
        in request: Request,
        _ signal: OTLPSignal,
        _ contentType: OTLPContentType
    ) async throws(CollectorError) -> [TraceArrival] {
        let body = try await CollectedBody(of: request, limitBytes: Self.bodyBytes).bytes()
        let encoding = request.headers[.contentEncoding]
        return try OTLPRequest(
            signal: signal,
            contentType: contentType,
            contentEncoding: encoding,
            body: body
        ).arrivals()
    }

    private func refusal(
        of request: Request,
        _ error: CollectorError,
        _ contentType: OTLPContentType
    ) async -> Response {
        await note(error, of: request)
        return Response(
            status: HTTPResponse.Status(code: error.code.statusCode),
            contentType: contentType.rawValue,
            bytes: OTLPAnswer.refused(error, contentType)
        )
    }
}

extension CollectorRoutes {
    /// Stores an arrival.
    ///
    /// A request is answered with 200 only after this has succeeded.
    func record(_ arrival: TraceArrival) async throws(CollectorError) {
        do {
            try await store.record(arrival, at: .now)
        } catch {
            throw CollectorError(.unavailable, "it cannot be stored: \(error)")
        }
    }

    /// Stores a refusal.
    ///
    /// A failure to store it does not change the response.
    func note(_ error: CollectorError, of request: Request) async {
        let call = "\(request.method) \(request.uri.path)"
        try? await store.record(.refusal("\(call): \(error.code.statusCode) \(error.reason)"), at: .now)
    }
}

extension CollectedBody {
    /// The bytes of a complete body.
    func bytes() throws(CollectorError) -> [UInt8] {
        switch self {
        case .complete(let bytes): return bytes
        case .tooLarge: throw CollectorError(.tooLarge, "the body is larger than the collector takes")
        case .truncated: throw CollectorError(.malformed, "the connection broke in the middle of the body")
        }
    }
}

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
            let bytes = try await CollectedBody(of: request, limitBytes: Self.restBodyBytes).bytes()
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
