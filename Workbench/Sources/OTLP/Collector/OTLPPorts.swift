import Hummingbird

/// The ports where OpenTelemetry's SDKs look for a collector, beside the port of the command.
package struct OTLPPorts: Sendable {
    /// The standard port of OTLP over gRPC.
    package static let standardGRPC = 4_317
    /// The standard port of OTLP over HTTP.
    package static let standardHTTP = 4_318

    /// The port for gRPC; 0 for one that the system chooses, `nil` for none.
    let grpc: Int?
    /// The port for HTTP; 0 for one that the system chooses, `nil` for none.
    let http: Int?

    /// - Parameters:
    ///   - grpc: The port for gRPC; 0 for one that the system chooses, `nil` for none.
    ///   - http: The port for HTTP; 0 for one that the system chooses, `nil` for none.
    package init(grpc: Int?, http: Int?) {
        self.grpc = grpc
        self.http = http
    }

    /// The ports that are served.
    package struct Served: Sendable, Hashable {
        /// The port for gRPC; `nil` when it is not served.
        package var grpc: Int?
        /// The port for HTTP; `nil` when it is not served.
        package var http: Int?
        /// The reasons for which a port is not served, for people; empty when that was intended.
        package var problems: [String] = []
    }

    /// Serves the ports while a closure runs; a port that cannot be served is left out.
    ///
    /// `store`: The store of everything that is accepted.
    /// `body`: The closure; its argument has the ports that are served.
    /// Returns the result of `body`.
    /// Throws the error of `body`.
    package func serve<Result: Sendable>(
        store: any TraceStore,
        _ body: @Sendable (Served) async throws -> Result
    ) async throws -> Result {
        let collector = CollectorRoutes(store: store)
        let services = GRPCRoutes(collector: collector).router
        return try await Self.serve(grpc, "OTLP over gRPC", "--otlp-grpc-port", .http2, services) { grpc in
            try await Self.serve(http, "OTLP over HTTP", "--otlp-http-port", .http1, collector.router) { http in
                let problems = [grpc, http].compactMap(\.problem)
                return try await body(Served(grpc: grpc.port, http: http.port, problems: problems))
            }
        }
    }

    private static func serve<Result: Sendable>(
        _ port: Int?,
        _ name: String,
        _ option: String,
        _ version: LoopbackServer.Version,
        _ router: Router<LoopbackContext>,
        _ body: @Sendable ((port: Int?, problem: String?)) async throws -> Result
    ) async throws -> Result {
        guard let port else { return try await body((nil, nil)) }
        return try await LoopbackServer.withOptionalServer(
            router: router,
            version: version,
            port: port,
            option: option
        ) { outcome in
            switch outcome {
            case .success(let chosen): try await body((chosen, nil))
            case .failure(let error): try await body((nil, "\(name) is not served: \(error.reason)"))
            }
        }
    }
}
