import ArgumentParser
import OTLP

/// The options for the ports where OpenTelemetry's SDKs look for a collector.
struct OTLPPortOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The port that takes OTLP over gRPC; 0 for one that is free, off for none.",
            valueName: "port"
        )
    )
    var otlpGrpcPort = OTLPPortArgument(number: OTLPPorts.standardGRPC)

    @Option(
        help: ArgumentHelp(
            "A port that takes OTLP over HTTP alone; 0 for one that is free, off for none.",
            valueName: "port"
        )
    )
    var otlpHttpPort = OTLPPortArgument(number: OTLPPorts.standardHTTP)

    var ports: OTLPPorts { OTLPPorts(grpc: otlpGrpcPort.number, http: otlpHttpPort.number) }
}

/// A port, or `off`.
struct OTLPPortArgument: ExpressibleByArgument, CustomStringConvertible {
    /// The port; `nil` for none.
    let number: Int?

    init(number: Int?) {
        self.number = number
    }

    init?(argument: String) {
        let number = Int(argument).flatMap { (0...65_535).contains($0) ? $0 : nil }
        guard number != nil || argument == "off" else { return nil }
        self.init(number: number)
    }

    var description: String { number.map(String.init) ?? "off" }
}

extension OTLPPorts.Served {
    /// The lines for people: the variables of OpenTelemetry's SDKs for each port, and what is not served.
    func lines(indentedTo width: Int) -> [String] {
        func line(_ title: String, _ port: Int?, _ protocolName: String) -> String? {
            port.map { port in
                let padding = String(repeating: " ", count: max(2, width - title.count))
                return "\(title)\(padding)export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:\(port) "
                    + "OTEL_EXPORTER_OTLP_PROTOCOL=\(protocolName)"
            }
        }
        return [line("OTLP/gRPC", grpc, "grpc"), line("OTLP/HTTP", http, "http/protobuf")].compactMap(\.self)
            + problems.map { "! \($0)" }
    }
}
