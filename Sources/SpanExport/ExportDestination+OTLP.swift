internal import CurlTransport
internal import SessionTracing
internal import WireText

extension ExportDestination {
    /// Returns an OTLP collector as the destination if OpenTelemetry's settings name one
    /// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
    ///
    /// - Returns: The destination; nil if no endpoint is set.
    /// - Throws: ``ConfigurationProblem`` if a setting is invalid.
    static func otlp(
        _ reader: inout SettingsReader,
        overrides: ExportOverrides
    ) throws(ConfigurationProblem) -> ExportDestination? {
        let environment = reader.environment
        guard let (endpoint, name) = otlpEndpoint(from: environment, overrides: overrides) else { return nil }
        guard let endpoint else {
            throw ConfigurationProblem(
                setting: name,
                "is not an http or https URL; tracing is off. Use http://HOST:4318"
            )
        }
        let wireProtocol = environment.first(.tracesProtocol, .exporterProtocol)
        var destination = ExportDestination(
            endpoint: endpoint,
            format: otlpFormat(&reader),
            headers: otlpHeaders(&reader),
            compression: otlpCompression(&reader, endpoint),
            requestTimeout: requestTimeout(&reader),
            trust: trust(from: environment)
        )
        destination.settingNames.url = name
        destination.settingNames.key = environment.first(.tracesHeaders, .headers)?.variable.rawValue
        destination.settingNames.encoding = (wireProtocol?.variable ?? .exporterProtocol).rawValue
        destination.settingNames.trust = trustSetting(from: environment)
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

    private static func otlpFormat(_ reader: inout SettingsReader) -> SpanFormat {
        let set = reader.environment.first(.tracesProtocol, .exporterProtocol)
        if let set, set.value.lowercased() == "grpc" {
            reader.report(
                set.variable,
                "is grpc, which is not supported; http/protobuf is used. Set the endpoint to the collector's HTTP port"
            )
            return .protobuf
        }
        return reader.choice(.tracesProtocol, .exporterProtocol) == "http/json" ? .json : .protobuf
    }

    /// Returns the headers of each request; a member that is no header is reported by its position and left out.
    private static func otlpHeaders(_ reader: inout SettingsReader) -> HTTPHeaders {
        guard let (text, variable) = reader.environment.first(.tracesHeaders, .headers) else { return HTTPHeaders() }
        let list = SettingList(text, decodesNames: false)
        if let malformed = list.malformedMembers {
            reader.report(variable, "holds a member that is not NAME=VALUE: \(malformed), which is left out")
        }
        var headers = HTTPHeaders()
        for member in list.members {
            let field = HTTPHeaders.Field(name: member.name, value: member.value)
            do {
                try field.validate()
                headers.append(name: field.name, value: field.value)
            } catch {
                reader.report(variable, "holds a header that cannot be sent and is left out: \(error.detail)")
            }
        }
        return headers
    }

    static func compression(_ reader: inout SettingsReader) -> Compression {
        Compression(rawValue: reader.choice(.tracesCompression, .compression)) ?? .none
    }

    /// Returns the compression; `auto` is none where compressing takes longer than sending: to a collector on the same
    /// machine, such as a Lambda extension, and on a part of a core.
    private static func otlpCompression(_ reader: inout SettingsReader, _ endpoint: HTTPEndpoint) -> Compression {
        let compression = compression(&reader)
        guard compression == .automatic else { return compression }
        let mebibytes = reader.environment[.functionMemorySize].flatMap { Int($0) }
        let hasCore = mebibytes.map { $0 >= automaticCompressionMebibytes } ?? true
        return hasCore && !endpoint.isLoopback ? .automatic : .none
    }

    static func requestTimeout(_ reader: inout SettingsReader) -> Duration {
        .milliseconds(reader.number(.tracesTimeout, .timeout))
    }

    /// Returns the certificate authorities: an explicit file or directory, otherwise those in the deployment package.
    static func trust(from environment: Environment) -> TLSTrust {
        if let file = environment.first(.tracesCertificate, .certificate)?.value { return .file(file) }
        return commonTrust(from: environment)
    }

    /// Returns the certificate authorities for servers other than the collector.
    static func commonTrust(from environment: Environment) -> TLSTrust {
        TLSTrust(
            file: environment[.certificateFile],
            directory: environment[.certificateDirectory],
            package: environment[.taskRoot]
        )
    }

    /// The setting to check if the server's certificate is not trusted.
    static func trustSetting(from environment: Environment) -> String {
        let set = environment.first(.tracesCertificate, .certificate, .certificateFile, .certificateDirectory)
        return (set?.variable ?? .certificateFile).rawValue
    }
}
