internal import CurlTransport
package import SessionTracing

extension ExportDestination {
    /// Determines the destination of spans: HoneyHive if there is an API key for it, otherwise an OTLP endpoint.
    ///
    /// - Parameters:
    ///   - environment: The process's environment.
    ///   - overrides: The settings made in code.
    ///   - source: HoneyHive's name of the deployment environment.
    ///   - version: This framework's version, for the request headers.
    /// - Returns: The destination; nil if tracing is disabled deliberately.
    /// - Throws: ``ConfigurationProblem`` if a setting is invalid or no destination is set.
    package static func resolve(
        from environment: Environment,
        overrides: ExportOverrides,
        source: String,
        version: String
    ) throws(ConfigurationProblem) -> ExportDestination? {
        if environment.isTrue(.sdkDisabled) || environment.isTrue(.testMode) { return nil }
        let honeyHive = try honeyHive(from: environment, overrides: overrides, source: source, version: version)
        let otlp = try honeyHive == nil ? otlp(from: environment, overrides: overrides) : nil
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
