internal import CurlTransport
internal import SessionTracing

extension ExportDestination {
    /// The URL of HoneyHive's default server.
    package static let honeyHiveURL = "https://api.dp1.us.honeyhive.ai"
    private static let tracesPath = "/opentelemetry/v1/traces"

    /// Returns HoneyHive as the destination if an API key is set.
    ///
    /// - Returns: The destination; nil if there is no API key.
    /// - Throws: ``ConfigurationProblem`` if a setting is invalid.
    static func honeyHive(
        from environment: Environment,
        overrides: ExportOverrides,
        source: String,
        version: String
    ) throws(ConfigurationProblem) -> ExportDestination? {
        guard let key = try honeyHiveKey(from: environment, overrides: overrides) else { return nil }
        let url: (value: String, name: String) =
            if let url = overrides.serverURL {
                (url, "configuration.serverURL")
            } else if let url = environment.first(.apiURL, .apiURLAlias, .apiURLShortAlias) {
                (url.value, url.variable.rawValue)
            } else {
                (Self.honeyHiveURL, EnvironmentVariable.apiURL.rawValue)
            }
        guard let endpoint = HTTPEndpoint(url.value, appending: tracesPath) else {
            throw ConfigurationProblem(
                setting: url.name,
                "is not an http or https URL; tracing is off. Use \(honeyHiveURL)"
            )
        }
        let format: SpanFormat
        switch environment[.otlpProtocol] {
        case nil, "http/json": format = .honeyHiveJSON
        case "http/protobuf": format = .protobuf
        default:
            throw ConfigurationProblem(.otlpProtocol, "is neither http/json nor http/protobuf; tracing is off")
        }
        var destination = ExportDestination(
            endpoint: endpoint,
            format: format,
            headers: [
                "X-Source": source,
                "hh-client-version": version,
                "hh-client-language": "swift",
                "hh-client-package": "swift-traced-lambda",
            ],
            compression: try compression(from: environment),
            requestTimeout: try requestTimeout(from: environment),
            trust: trust(from: environment)
        )
        switch key.value {
        case .plain(let key): destination.headers.append(name: "Authorization", value: "Bearer \(key)")
        case .stored(let key): destination.storedKey = key
        }
        destination.settings.url = url.name
        destination.settings.key = key.setting
        destination.settings.encoding = EnvironmentVariable.otlpProtocol.rawValue
        destination.settings.trust = trustSetting(from: environment)
        if let start = HTTPEndpoint(url.value, appending: "/session/start"),
            let enrich = HTTPEndpoint(url.value, appending: "/events")
        {
            destination.sessionServer = SessionServer(start: start, enrich: enrich)
        }
        return destination
    }

    private enum Key {
        case plain(String)
        case stored(StoredKey)
    }

    private static func honeyHiveKey(
        from environment: Environment,
        overrides: ExportOverrides
    ) throws(ConfigurationProblem) -> (value: Key, setting: String)? {
        let (text, setting, form): (String, String, KeyForm)
        if let key = overrides.apiKey {
            (text, setting, form) = (key, "configuration.apiKey", .any)
        } else if let key = environment[.ingestionKey] {
            (text, setting, form) = (key, EnvironmentVariable.ingestionKey.rawValue, .ingestion)
        } else if let key = environment.first(.apiKey, .apiKeyAlias) {
            (text, setting, form) = (key.value, key.variable.rawValue, .any)
        } else {
            return nil
        }
        if let reference = try SecretReference.read(text, setting: setting) {
            let key = try StoredKey(
                reference,
                setting: setting,
                form: form,
                environment: environment,
                trust: commonTrust(from: environment)
            )
            return (.stored(key), setting)
        }
        if let problem = form.problem(with: text) {
            throw ConfigurationProblem(setting: setting, "\(problem); tracing is off. Set it again")
        }
        return (.plain(text), setting)
    }
}
