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
        _ reader: inout SettingsReader,
        overrides: ExportOverrides,
        source: String,
        version: String
    ) throws(ConfigurationProblem) -> ExportDestination? {
        let environment = reader.environment
        guard let key = try honeyHiveKey(from: environment, overrides: overrides) else { return nil }
        let url: (value: String, name: String) =
            if let url = overrides.serverURL {
                (url, "configuration.serverURL")
            } else if let url = environment.first(.dataPlaneURL, .apiURL, .apiURLAlias, .apiURLShortAlias) {
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
        var destination = ExportDestination(
            endpoint: endpoint,
            format: reader.choice(.otlpProtocol) == "http/protobuf" ? .protobuf : .honeyHiveJSON,
            headers: [
                "X-Source": source,
                "hh-client-version": version,
                "hh-client-language": "swift",
                "hh-client-package": "swift-traced-lambda",
            ],
            // Compressed requests are not part of HoneyHive's documentation.
            compression: compression(&reader) == .gzip ? .gzip : .none,
            requestTimeout: honeyHiveTimeout(&reader),
            trust: trust(from: environment)
        )
        switch key.value {
        case .plain(let key): destination.headers.append(name: "Authorization", value: "Bearer \(key)")
        case .stored(let key): destination.storedKey = key
        }
        destination.settingNames.url = url.name
        destination.settingNames.key = key.setting
        destination.settingNames.encoding = EnvironmentVariable.otlpProtocol.rawValue
        destination.settingNames.trust = trustSetting(from: environment)
        if let start = HTTPEndpoint(url.value, appending: "/session/start"),
            let enrich = HTTPEndpoint(url.value, appending: "/events")
        {
            destination.sessionServer = SessionServer(start: start, enrich: enrich)
        }
        return destination
    }

    /// The timeout as in HoneyHive's Python client, unless OpenTelemetry's own is set.
    private static func honeyHiveTimeout(_ reader: inout SettingsReader) -> Duration {
        let maximum = Double(SettingDeclaration.maximumRequestMilliseconds) / 1_000
        let seconds = reader.value(.apiTimeout, accepts: "a positive number of seconds") { text in
            Double(text).flatMap { $0 > 0 && $0 <= maximum ? $0 : nil }
        }
        guard let seconds, reader.environment.first(.tracesTimeout, .timeout) == nil else {
            return requestTimeout(&reader)
        }
        return .milliseconds(max(1, Int(seconds * 1_000)))
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
        do throws(ConfigurationProblem) {
            let stored = try StoredKey.referred(by: text, setting: setting, form: form, environment: environment)
            if let stored { return (.stored(stored), setting) }
        } catch {
            throw error.adding("tracing is off")
        }
        if let problem = form.problem(with: text) {
            throw ConfigurationProblem(setting: setting, "\(problem); tracing is off. Set it again")
        }
        return (.plain(text), setting)
    }
}
