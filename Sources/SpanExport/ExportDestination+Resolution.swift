internal import CurlTransport
package import SessionTracing

extension ExportDestination {
    /// Finds where spans go: HoneyHive when there is a key for it, else an OTLP endpoint.
    ///
    /// - Parameters:
    ///   - environment: The process's environment.
    ///   - overrides: Settings that stand in code.
    ///   - source: HoneyHive's name of the environment that runs.
    ///   - version: This framework's version, for the request's headers.
    /// - Returns: Nil when tracing is switched off on purpose.
    /// - Throws: ``ConfigurationProblem`` when a setting cannot be used, or nothing is set.
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
