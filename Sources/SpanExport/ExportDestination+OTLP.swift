internal import CurlTransport
internal import Platform
internal import SessionTracing
internal import WireText

extension ExportDestination {
    /// Returns an OTLP collector as the destination if OpenTelemetry's settings name one
    /// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
    ///
    /// - Returns: The destination; nil if no endpoint is set.
    /// - Throws: ``ConfigurationProblem`` if a setting is invalid.
    static func otlp(
        from environment: Environment,
        overrides: ExportOverrides
    ) throws(ConfigurationProblem) -> ExportDestination? {
        guard let (endpoint, name) = otlpEndpoint(from: environment, overrides: overrides) else { return nil }
        guard let endpoint else {
            throw ConfigurationProblem(
                setting: name,
                "is not an http or https URL; tracing is off. Use http://HOST:4318"
            )
        }
        let format: SpanFormat
        let wireProtocol = environment.first(.tracesProtocol, .exporterProtocol)
        switch wireProtocol?.value {
        case nil, "http/protobuf": format = .protobuf
        case "http/json": format = .json
        case "grpc":
            throw ConfigurationProblem(
                wireProtocol?.variable ?? .exporterProtocol,
                "is grpc, which is not supported; tracing is off. Use http/protobuf and the collector's HTTP port"
            )
        default:
            throw ConfigurationProblem(
                wireProtocol?.variable ?? .exporterProtocol,
                "is neither http/protobuf nor http/json; tracing is off"
            )
        }
        var destination = ExportDestination(
            endpoint: endpoint,
            format: format,
            headers: try otlpHeaders(from: environment),
            compression: try compression(from: environment),
            requestTimeout: try requestTimeout(from: environment),
            trust: trust(from: environment)
        )
        destination.settings.url = name
        destination.settings.key = environment.first(.tracesHeaders, .headers)?.variable.rawValue
        destination.settings.encoding = (wireProtocol?.variable ?? .exporterProtocol).rawValue
        destination.settings.trust = trustSetting(from: environment)
        return destination
    }

    /// Returns the endpoint with the name of its setting.
    ///
    /// The endpoint for traces is used unchanged; the signal's path is appended to the common one.
    private static func otlpEndpoint(
        from environment: Environment,
        overrides: ExportOverrides
    ) -> (HTTPEndpoint?, name: String)? {
        if let url = overrides.otlpEndpoint { return (HTTPEndpoint(url), "configuration.otlpEndpoint") }
        if let url = environment[.tracesEndpoint] {
            return (HTTPEndpoint(url), EnvironmentVariable.tracesEndpoint.rawValue)
        }
        if let url = environment[.endpoint] {
            return (HTTPEndpoint(url, appending: "/v1/traces"), EnvironmentVariable.endpoint.rawValue)
        }
        return nil
    }

    /// Parses `name=value` pairs, separated by commas, in baggage's encoding.
    ///
    /// Baggage ignores invalid members, but a skipped header may be the API key, without which every request is
    /// rejected.
    private static func otlpHeaders(from environment: Environment) throws(ConfigurationProblem) -> HTTPHeaders {
        guard let (text, variable) = environment.first(.tracesHeaders, .headers) else { return HTTPHeaders() }
        var headers = HTTPHeaders()
        let baggage = Baggage(header: text, decodesPlus: false)
        for member in text.split(separator: ",").map({ String($0).trimmingSpace() }) where !member.isEmpty {
            let name = String(member.prefix { $0 != "=" })
            guard name != member, baggage[name.trimmingSpace()] != nil else {
                throw ConfigurationProblem(variable, "holds a member that is not NAME=VALUE; tracing is off")
            }
        }
        for item in baggage.items {
            let field = HTTPHeaders.Field(name: item.key, value: item.value)
            do {
                try field.validate()
            } catch {
                throw ConfigurationProblem(variable, "cannot be sent: \(error.detail); tracing is off")
            }
            headers.append(name: field.name, value: field.value)
        }
        return headers
    }

    static func compression(from environment: Environment) throws(ConfigurationProblem) -> Compression {
        guard let (text, variable) = environment.first(.tracesCompression, .compression) else { return .none }
        guard let compression = Compression(rawValue: text) else {
            throw ConfigurationProblem(variable, "is neither gzip nor none; tracing is off")
        }
        return compression
    }

    static func requestTimeout(from environment: Environment) throws(ConfigurationProblem) -> Duration {
        guard let (text, variable) = environment.first(.tracesTimeout, .timeout) else {
            return .milliseconds(defaultRequestTimeoutMilliseconds)
        }
        guard let milliseconds = Int(text), milliseconds > 0 else {
            throw ConfigurationProblem(variable, "is not a positive whole number of milliseconds; tracing is off")
        }
        return .milliseconds(milliseconds)
    }

    /// Returns the certificate authorities: an explicit file or directory, otherwise those in the deployment package.
    static func trust(from environment: Environment) -> TLSTrust {
        if let file = environment.first(.tracesCertificate, .certificate)?.value { return .file(file) }
        return commonTrust(from: environment)
    }

    /// Returns the certificate authorities for servers other than the collector.
    static func commonTrust(from environment: Environment) -> TLSTrust {
        if let file = environment[.certificateFile] { return .file(file) }
        if let directory = environment[.certificateDirectory] { return .hashedDirectory(directory) }
        guard let packaged = environment[.taskRoot].map({ "\($0)/certs" }), access(packaged, X_OK) == 0 else {
            return .systemDefault
        }
        return .hashedDirectory(packaged)
    }

    /// The setting to check if the server's certificate is not trusted.
    static func trustSetting(from environment: Environment) -> String {
        let set = environment.first(.tracesCertificate, .certificate, .certificateFile, .certificateDirectory)
        return (set?.variable ?? .certificateFile).rawValue
    }
}
