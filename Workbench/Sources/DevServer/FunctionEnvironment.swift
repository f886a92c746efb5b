package import FoundationEssentials

/// The environment that a function finds: Lambda's variables, and the way to the local collector.
package struct FunctionEnvironment: Sendable {
    /// The formats in which Lambda asks for logs.
    package enum LogFormat: String, Sendable, CaseIterable {
        /// Plain lines.
        case text = "Text"
        /// A JSON object a line.
        case json = "JSON"
    }

    /// A key that opens nothing; real ones stay out of the function's sight.
    package static let placeholderAPIKey = "hh_local_development"

    private static let keptHoneyHiveNames: Set = [
        "HH_PROJECT", "HH_SOURCE", "HH_SESSION_ID", "HH_SESSION_NAME", "HH_SESSION_START", "HH_OTLP_PROTOCOL",
    ]
    private static let droppedNames: Set = ["_X_AMZN_TRACE_ID", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_MAX_CONCURRENCY"]

    /// The function.
    package let function: FunctionIdentity
    /// The port of its Runtime API.
    package let runtimePort: Int
    /// The port of the collector.
    package let collectorPort: Int
    /// The format in which it is asked for logs.
    package let logFormat: LogFormat
    /// The memory that it is told it has.
    package let memoryMegabytes: Int

    /// Makes an environment of all its fields.
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

    /// The variables.
    ///
    /// - Parameters:
    ///   - inherited: The caller's environment. What would send spans elsewhere is left out of it.
    ///   - overrides: Variables that win over all others.
    ///   - date: The day in the log stream's name.
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

    /// A proxy of the caller's must not catch what is meant for this machine.
    private func keepProxiesAway(from variables: inout [String: String]) {
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        guard proxies.contains(where: { variables[$0] != nil }) else { return }
        for name in ["no_proxy", "NO_PROXY"] {
            let exceptions = variables[name].map { $0.isEmpty ? "" : $0 + "," } ?? ""
            variables[name] = exceptions + "127.0.0.1"
        }
    }
}
