package import FoundationEssentials

/// Builds a function's environment: Lambda's variables, and the address of the local collector.
package struct FunctionEnvironment: Sendable {
    /// The log formats that a function can be configured for.
    package enum LogFormat: String, Sendable, CaseIterable {
        /// Plain text.
        case text = "Text"
        /// One JSON object per line.
        case json = "JSON"
    }

    /// A placeholder API key; the function does not see the user's real one.
    package static let placeholderAPIKey = "hh_local_development"

    private static let keptHoneyHiveNames: Set = [
        "HH_PROJECT", "HH_SOURCE", "HH_SESSION_ID", "HH_SESSION_NAME", "HH_SESSION_START", "HH_OTLP_PROTOCOL",
    ]
    private static let droppedNames: Set = ["_X_AMZN_TRACE_ID", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_MAX_CONCURRENCY"]

    /// The function.
    package let function: FunctionIdentity
    /// The port of the function's Runtime API.
    package let runtimePort: Int
    /// The port of the collector.
    package let collectorPort: Int
    /// The configured log format.
    package let logFormat: LogFormat
    /// The configured memory, in MB.
    package let memoryMegabytes: Int

    /// Creates an environment.
    package init(
        function: FunctionIdentity,
        runtimePort: Int,
        collectorPort: Int,
        logFormat: LogFormat,
        memoryMegabytes: Int = 128
    ) {
        self.function = function
        self.runtimePort = runtimePort
        self.collectorPort = collectorPort
        self.logFormat = logFormat
        self.memoryMegabytes = memoryMegabytes
    }

    /// Builds the variables.
    ///
    /// - Parameters:
    ///   - inherited: The caller's environment. Variables that would send spans to another destination are removed.
    ///   - overrides: Variables that take precedence over all others.
    ///   - date: The date in the log stream's name.
    /// - Returns: The variables by name.
    package func variables(
        inherited: [String: String],
        overrides: [String: String],
        date: Date
    ) -> [String: String] {
        var variables = inherited.filter { Self.isKept($0.key) }
        variables.merge(lambdaVariables(date: date)) { _, new in new }
        variables["HH_API_URL"] = "http://127.0.0.1:\(collectorPort)"
        variables["HH_API_KEY"] = Self.placeholderAPIKey
        if (variables["HH_PROJECT"] ?? "").isEmpty { variables["HH_PROJECT"] = "local" }
        keepProxiesAway(from: &variables)
        return variables.merging(overrides) { _, new in new }
    }

    private func lambdaVariables(date: Date) -> [String: String] {
        let day = date.formatted(.iso8601.year().month().day()).replacing("-", with: "/")
        let instance = UUID().uuidString.lowercased().replacing("-", with: "")
        return [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(runtimePort)",
            "_HANDLER": "bootstrap",
            "LAMBDA_TASK_ROOT": function.taskRoot,
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "\(memoryMegabytes)",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(function.name)",
            "AWS_LAMBDA_LOG_STREAM_NAME": "\(day)/[$LATEST]\(instance)",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": logFormat.rawValue,
            "TZ": ":UTC",
        ]
    }

    private static func isKept(_ name: String) -> Bool {
        if name.hasPrefix("HH_") || name.hasPrefix("HONEYHIVE_") { return keptHoneyHiveNames.contains(name) }
        return !name.hasPrefix("OTEL_EXPORTER_OTLP_") && !droppedNames.contains(name)
    }

    /// Excludes the loopback address from the caller's proxies.
    private func keepProxiesAway(from variables: inout [String: String]) {
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        guard proxies.contains(where: { variables[$0] != nil }) else { return }
        for name in ["no_proxy", "NO_PROXY"] {
            let exceptions = variables[name].map { $0.isEmpty ? "" : $0 + "," } ?? ""
            variables[name] = exceptions + "127.0.0.1"
        }
    }
}
