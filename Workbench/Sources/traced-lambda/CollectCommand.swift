import ArgumentParser
import Hummingbird
import OTLP
import Traces

/// `traced-lambda collect`: runs the collector and the viewer without functions.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Take spans, keep them, and show them in the browser, without running a function.",
        discussion: """
            Serves on 127.0.0.1, for whatever sends spans: HoneyHive's clients with HH_API_URL, OpenTelemetry's with \
            OTEL_EXPORTER_OTLP_ENDPOINT. The addresses are printed. OpenTelemetry's SDKs find it at their standard ports, \
            \(OTLPPorts.standardGRPC) for gRPC and \(OTLPPorts.standardHTTP) for HTTP, without a setting. Log records are \
            shown with their spans; metrics are counted, and not kept. Sessions to which nothing came for \
            \(TraceRetention.defaultAgeSeconds / 86_400) days are removed, and the oldest ones beyond \
            \(TraceRetention.defaultSizeBytes / 1_048_576) MiB. Ends at Control-C.
            """
    )

    @OptionGroup
    var collection: CollectionOptions

    @Option(help: ArgumentHelp("The port; 0 for one that is free.", valueName: "port"))
    var port = 4_319

    @OptionGroup
    var otlp: OTLPPortOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
    }

    func run() async throws {
        let database = try collection.open()
        let (port, location, otlp) = (port, collection.location, otlp.ports)
        try await Interruption.cancelling {
            let router = CollectorRoutes(store: database).router
            ViewerRoutes(database: database).add(to: router)
            ExperimentRoutes(database: database).add(to: router)
            do {
                try await LoopbackServer.withServer(
                    router: router,
                    registry: ConnectionRegistry(),
                    port: port,
                    addresses: .both
                ) {
                    port in
                    try await otlp.serve(store: database) { served in
                        TextFiles.writeOutput(Self.greeting(port: port, location: location, served))
                        try await Task.sleep(for: .seconds(Int64.max / 2))
                    }
                }
            } catch let error as LoopbackError {
                throw Failure.because("\(error)")
            }
        }
    }

    private static func greeting(port: Int, location: String, _ otlp: OTLPPorts.Served) -> String {
        """
        Viewer: http://localhost:\(port)/
        Traces are kept in: \(location)
        HoneyHive:     export HH_API_URL=http://127.0.0.1:\(port) HH_API_KEY=local
        OpenTelemetry: export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:\(port)

        """ + otlp.lines(indentedTo: 15).map { $0 + "\n" }.joined()
    }
}
