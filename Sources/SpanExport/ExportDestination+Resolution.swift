internal import CurlTransport
package import SessionTracing

extension ExportDestination {
    /// Determines the destination of spans: HoneyHive if there is an API key for it, otherwise an OTLP endpoint.
    ///
    /// - Parameters:
    ///   - reader: Reads the process's environment, and records values that are not used.
    ///   - overrides: The settings made in code.
    ///   - source: HoneyHive's name of the deployment environment.
    ///   - version: This framework's version, for the request headers.
    /// - Returns: The destination; nil if tracing is disabled deliberately.
    /// - Throws: ``ConfigurationProblem`` if the setting of a URL or a key is invalid, or no destination is set. Any
    ///   other invalid setting has its default.
    package static func resolve(
        _ reader: inout SettingsReader,
        overrides: ExportOverrides,
        source: String,
        version: String
    ) throws(ConfigurationProblem) -> ExportDestination? {
        let isOff = [.sdkDisabled, .testMode, .disableTracing].contains { reader.flag($0) }
        if isOff || !reader.flag(.otlpEnabled) || reader.choice(.tracesExporter) == "none" { return nil }
        let honeyHive = try honeyHive(&reader, overrides: overrides, source: source, version: version)
        let otlp = try honeyHive == nil ? otlp(&reader, overrides: overrides) : nil
        if let honeyHive, let other = reader.environment.first(.tracesEndpoint, .endpoint) {
            reader.report(other.variable, "is not used, because \(honeyHive.settingNames.key ?? "a key") is set")
        }
        guard var destination = honeyHive ?? otlp else {
            throw ConfigurationProblem(
                .apiKey,
                "is not set, and neither is \(EnvironmentVariable.endpoint.rawValue): tracing is off. Set one of them"
            )
        }
        if destination.headers["User-Agent"] == nil {
            destination.headers.append(name: "User-Agent", value: "swift-traced-lambda/\(version)")
        }
        return destination
    }
}
