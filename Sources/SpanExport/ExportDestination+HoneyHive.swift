internal import CurlTransport
internal import SessionTracing

extension ExportDestination {
    /// HoneyHive's default server.
    package static let honeyHiveURL = "https://api.dp1.us.honeyhive.ai"
    private static let tracesPath = "/opentelemetry/v1/traces"

    /// HoneyHive, when a key for it is set.
    ///
    /// - Returns: Nil when there is no key.
    /// - Throws: The setting that cannot be used.
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
                "Authorization": "Bearer \(key)",
                "X-Source": source,
                "hh-client-version": version,
                "hh-client-language": "swift",
                "hh-client-package": "swift-traced-lambda",
            ],
            compression: try compression(from: environment),
            requestTimeout: try requestTimeout(from: environment),
            trust: trust(from: environment)
        )
        if let start = HTTPEndpoint(url.value, appending: "/session/start"),
            let enrich = HTTPEndpoint(url.value, appending: "/events")
        {
            destination.sessionServer = SessionServer(start: start, enrich: enrich)
        }
        return destination
    }

    private static func honeyHiveKey(
        from environment: Environment,
        overrides: ExportOverrides
    ) throws(ConfigurationProblem) -> String? {
        if let key = overrides.apiKey { return try checked(key, name: "configuration.apiKey") }
        if let key = environment[.ingestionKey] {
            guard isIngestionKey(key) else {
                throw ConfigurationProblem(
                    .ingestionKey,
                    "is not an ingestion key (hh_ingst_, 24 letters or digits, _, 64 letters, digits, - or _); tracing is off"
                )
            }
            return key
        }
        guard let key = environment.first(.apiKey, .apiKeyAlias) else { return nil }
        return try checked(key.value, name: key.variable.rawValue)
    }

    /// A key goes into a header, so a line break in it would end that header.
    private static func checked(_ key: String, name: String) throws(ConfigurationProblem) -> String {
        guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConfigurationProblem(
                setting: name,
                "holds a space, a line break or another character that no key has; tracing is off. Set it again"
            )
        }
        return key
    }

    private static func isIngestionKey(_ key: String) -> Bool {
        let prefix = "hh_ingst_"
        let body = key.utf8.dropFirst(prefix.utf8.count)
        guard key.hasPrefix(prefix), body.count == 24 + 1 + 64 else { return false }
        return body.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                index != 24
            case UInt8(ascii: "_"): index >= 24
            case UInt8(ascii: "-"): index > 24
            default: false
            }
        }
    }
}
