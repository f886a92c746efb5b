import HTTPTypes
package import Hummingbird

/// The HTTP routes of the collector: OTLP at HoneyHive's path and at the standard path, and HoneyHive's REST calls.
package struct CollectorRoutes: Sendable {
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
        for path in ["/opentelemetry/v1/traces", "/v1/traces"] {
            router.post(RouterPath(path)) { request, _ in await export(request) }
        }
        addRESTRoutes(to: router)
    }

    private func export(_ request: Request) async -> Response {
        let contentType: OTLPContentType
        do throws(CollectorError) {
            contentType = try OTLPContentType(header: request.headers[.contentType])
        } catch {
            return await refusal(of: request, error, .json)
        }
        do throws(CollectorError) {
            let spans = try await spans(in: request, contentType)
            if !spans.isEmpty { try await record(.spans(spans)) }
            let body = OTLPAnswer.accepted(contentType)
            return Response(status: .ok, contentType: contentType.rawValue, bytes: body)
        } catch {
            return await refusal(of: request, error, contentType)
        }
    }

    private func spans(
        in request: Request,
        _ contentType: OTLPContentType
    ) async throws(CollectorError) -> [TraceSpan] {
        let body = try await CollectedBody(of: request, limitBytes: CollectorLimits.bodyBytes).bytes()
        let encoding = request.headers[.contentEncoding]
        return try OTLPRequest(contentType: contentType, contentEncoding: encoding, body: body).spans()
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
