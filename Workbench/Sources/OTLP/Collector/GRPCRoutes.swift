import HTTPTypes
import Hummingbird
import NIOCore

/// The services of OTLP over gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc), for a server that speaks HTTP/2.
///
/// gRPC is a frame around the body and a status in the trailers (https://github.com/grpc/grpc/blob/master/doc/
/// PROTOCOL-HTTP2.md); the messages are those of ``CollectorRoutes``.
struct GRPCRoutes {
    private static let contentType = "application/grpc"
    /// The size of the frame before a message, in bytes: a flag and the length.
    private static let prefixBytes = 5

    let collector: CollectorRoutes

    /// The router of a server with these routes only.
    ///
    /// A client takes the statuses of other answers for those of gRPC: 404 for UNIMPLEMENTED, 503 for UNAVAILABLE
    /// (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
    var router: Router<LoopbackContext> {
        let router = Router(context: LoopbackContext.self)
        router.add(middleware: LoopbackOnlyMiddleware())
        router.add(middleware: UnknownPathMiddleware(store: collector.store))
        let services: [(OTLPSignal, String)] = [
            (.traces, "trace.v1.TraceService"), (.logs, "logs.v1.LogsService"), (.metrics, "metrics.v1.MetricsService"),
        ]
        for (signal, service) in services {
            router.post(RouterPath("/opentelemetry.proto.collector.\(service)/Export")) { request, _ in
                await export(request, signal)
            }
        }
        return router
    }

    private func export(_ request: Request, _ signal: OTLPSignal) async -> Response {
        do throws(CollectorError) {
            for arrival in try await arrivals(in: request, signal) { try await collector.record(arrival) }
            return Self.answer([.grpcStatus: "0"], message: [])
        } catch {
            await collector.note(error, of: request)
            return Self.answer(
                [.grpcStatus: "\(error.code.rpcCode)", .grpcMessage: PercentText.encoded(error.reason)],
                message: nil
            )
        }
    }

    private func arrivals(in request: Request, _ signal: OTLPSignal) async throws(CollectorError) -> [TraceArrival] {
        guard request.headers[.contentType]?.hasPrefix(Self.contentType) == true else {
            throw CollectorError(.unsupported, "the Content-Type is not \(Self.contentType)")
        }
        let limitBytes = CollectorRoutes.bodyBytes + Self.prefixBytes
        let body = try await CollectedBody(of: request, limitBytes: limitBytes).bytes()
        let (message, isCompressed) = try Self.message(in: body)
        let encoding = request.headers[.grpcEncoding]
        if isCompressed, encoding == nil {
            throw CollectorError(.malformed, "the message is compressed, and grpc-encoding is missing")
        }
        return try OTLPRequest(
            signal: signal,
            contentType: .protobuf,
            contentEncoding: isCompressed ? encoding : nil,
            body: message
        ).arrivals()
    }

    /// Takes the only message out of a body.
    ///
    /// - Throws: ``CollectorError`` when there is none, or more than one.
    static func message(in body: [UInt8]) throws(CollectorError) -> (bytes: [UInt8], isCompressed: Bool) {
        guard body.count >= prefixBytes, body[0] <= 1 else {
            throw CollectorError(.malformed, "the body does not begin with a frame of gRPC")
        }
        let length = body[1..<prefixBytes].reduce(0) { $0 << 8 | Int($1) }
        guard body.count == prefixBytes + length else {
            throw CollectorError(.malformed, "the body is not one whole message of gRPC")
        }
        return (Array(body[prefixBytes...]), body[0] == 1)
    }

    /// Builds a response whose status is in the trailers.
    ///
    /// `message`: The message's bytes; `nil` for none.
    private static func answer(_ trailers: HTTPFields, message: [UInt8]?) -> Response {
        let body = ResponseBody { writer in
            if let message {
                var buffer = ByteBuffer()
                buffer.writeInteger(UInt8(0))
                buffer.writeInteger(UInt32(clamping: message.count))
                buffer.writeBytes(message)
                try await writer.write(buffer)
            }
            try await writer.finish(trailers)
        }
        return Response(
            status: .ok,
            headers: [.contentType: contentType, .grpcAcceptEncoding: "identity,gzip"],
            body: body
        )
    }
}

extension HTTPField.Name {
    fileprivate static let grpcStatus = named("grpc-status")
    fileprivate static let grpcMessage = named("grpc-message")
    fileprivate static let grpcEncoding = named("grpc-encoding")
    fileprivate static let grpcAcceptEncoding = named("grpc-accept-encoding")
}
