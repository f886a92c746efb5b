/// Finds variables that look like this framework's settings and are none.
package enum UnknownVariable {
    /// The beginnings of this framework's settings, and the shortest beginnings of their misspellings.
    private static let prefixes = ["HH_", "HONEYHIVE_", "OTEL_", "TRACED_LAMBDA_"]
    private static let likePrefixes = ["HH", "HONEY", "OTEL", "TRACED"]

    /// With more edits than this, another name was meant.
    private static let maximumEditCount = 3

    /// Names a variable that is not a setting, and the setting that was probably meant.
    ///
    /// - Parameter name: The name of a variable that is set.
    /// - Returns: Nil if the variable is a setting, has no effect on traces, or does not resemble a setting.
    package static func problem(_ name: String) -> ConfigurationProblem? {
        let upper = name.uppercased()
        guard likePrefixes.contains(where: upper.hasPrefix), EnvironmentVariable(rawValue: name) == nil,
            !isKnownElsewhere(name)
        else { return nil }
        if unsupportedNames.contains(name) {
            return ConfigurationProblem(
                setting: name,
                "is not supported and is ignored; docs/configuration.md lists the settings"
            )
        }
        let hasPrefix = prefixes.contains(where: name.hasPrefix)
        let nearest = nearest(to: upper)
        // A name without one of the prefixes may belong to any other program.
        guard hasPrefix || nearest != nil else { return nil }
        let suggestion = nearest.map { "did you mean \($0)?" } ?? "docs/configuration.md lists the settings"
        return ConfigurationProblem(setting: printable(name), "is not a setting and is ignored; \(suggestion)")
    }

    private static func isKnownElsewhere(_ name: String) -> Bool {
        otherPrefixes.contains(where: name.hasPrefix) || otherNames.contains { $0 == name }
    }

    /// The setting whose name takes the fewest edits; nil if none is near, or a name of another program is as near.
    private static func nearest(to upper: String) -> String? {
        let wanted = squeezed(upper)
        let limit = min(maximumEditCount, wanted.count / 3)
        var best: (name: String, distance: Int)?
        for name in EnvironmentVariable.allCases.map(\.rawValue) where prefixes.contains(where: name.hasPrefix) {
            let distance = editDistance(wanted, squeezed(name), atMost: limit)
            if let distance, distance < best?.distance ?? .max { best = (name, distance) }
        }
        guard let best else { return nil }
        let isOther = (otherNames + unsupportedNames).contains { other in
            editDistance(wanted, squeezed(other), atMost: best.distance).map { $0 < best.distance } ?? false
        }
        return isOther ? nil : best.name
    }

    /// A name without what is most often mistaken: underscores, and which of HoneyHive's two prefixes it has.
    private static func squeezed(_ name: String) -> [UInt8] {
        let letters = name.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
        let brand = Array("HONEYHIVE".utf8)
        return letters.starts(with: brand) ? Array("HH".utf8) + letters.dropFirst(brand.count) : letters
    }

    /// The number of insertions, deletions, replacements and swaps of neighbors between two names; nil beyond a limit.
    private static func editDistance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var previous: [Int] = []
        var current = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(current[column] + (letter == other ? 0 : 1), current[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, previous[column - 1] + 1)
                }
                next.append(cost)
            }
            (previous, current) = (current, next)
        }
        return current[right.count] <= limit ? current[right.count] : nil
    }

    /// A name as it may stand in a log.
    private static func printable(_ name: String) -> String {
        String(
            name.truncated(toUTF8Bytes: maximumNameBytes).map { ("!"..."~").contains($0) ? $0 : "?" }
        )
    }

    private static let maximumNameBytes = 128

    /// Variables of OpenTelemetry's parts for other languages and of its Lambda layers.
    private static let otherPrefixes = [
        "OTEL_CPP_", "OTEL_DOTNET_", "OTEL_ERLANG_", "OTEL_GO_", "OTEL_INSTRUMENTATION_", "OTEL_JAVA_",
        "OTEL_JAVAAGENT_", "OTEL_LAMBDA_", "OTEL_NODE_", "OTEL_PHP_", "OTEL_PYTHON_", "OTEL_RUBY_", "OTEL_RUST_",
        "OTEL_SWIFT_",
        "OTEL_EXPERIMENTAL_", "OTEL_SEMCONV_",
    ]

    /// Variables of OpenTelemetry's specification
    /// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/) and of HoneyHive's Python
    /// client that ask for other traces, or another destination, than this framework makes.
    static let unsupportedNames = [
        "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "OTEL_BSP_MAX_QUEUE_SIZE",
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_CONFIG_FILE", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_EXPORTER_JAEGER_AGENT_HOST", "OTEL_EXPORTER_JAEGER_AGENT_PORT", "OTEL_EXPORTER_JAEGER_ENDPOINT",
        "OTEL_EXPORTER_JAEGER_PASSWORD", "OTEL_EXPORTER_JAEGER_PROTOCOL", "OTEL_EXPORTER_JAEGER_TIMEOUT",
        "OTEL_EXPORTER_JAEGER_USER", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT", "OTEL_EXPORTER_ZIPKIN_PROTOCOL", "OTEL_EXPORTER_ZIPKIN_TIMEOUT",
        "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        "HH_EXPERIMENT_GROUP", "HH_EXPERIMENT_ID", "HH_EXPERIMENT_METADATA", "HH_EXPERIMENT_NAME",
        "HH_EXPERIMENT_VARIANT", "HH_HTTPS_PROXY", "HH_HTTP_PROXY", "HH_NO_PROXY", "HH_OTLP_ENDPOINT",
        "HH_OTLP_HEADERS", "HH_RUN_ID", "HH_SERVICE_NAME", "HH_SERVICE_VERSION", "HH_VERIFY_SSL",
    ]

    /// Further variables of both, which have no effect on traces here: other signals, and the tuning of other clients.
    static let otherNames =
        [
            "OTEL_ENTITIES", "OTEL_LOG_LEVEL", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER",
            "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BLRP_EXPORT_TIMEOUT", "OTEL_BLRP_MAX_QUEUE_SIZE",
            "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "OTEL_METRICS_EXEMPLAR_FILTER", "OTEL_METRIC_EXPORT_INTERVAL",
            "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_EXPORTER_PROMETHEUS_HOST", "OTEL_EXPORTER_PROMETHEUS_PORT",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "OTEL_EXPORTER_OTLP_SPAN_INSECURE",
            "OTEL_EXPORTER_OTLP_METRIC_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE",
            "OTEL_EXPORTER_OTLP_TRACES_INSECURE",
        ] + otherSignals + honeyHiveClient

    /// OTLP's settings for metrics, logs and profiles.
    private static let otherSignals = ["METRICS", "LOGS", "PROFILES"].flatMap { signal in
        [
            "ENDPOINT", "HEADERS", "TIMEOUT", "COMPRESSION", "PROTOCOL", "CERTIFICATE", "CLIENT_KEY",
            "CLIENT_CERTIFICATE", "INSECURE",
        ].map { "OTEL_EXPORTER_OTLP_\(signal)_\($0)" }
    }

    private static let honeyHiveClient = [
        "HH_BATCH_SIZE", "HH_DATA_PLANE_API_KEY", "HH_DISABLE_BATCH", "HH_DISABLE_HTTP_TRACING", "HH_EXPORT_TIMEOUT",
        "HH_EXPORT_TIMEOUT_SECONDS", "HH_FLUSH_INTERVAL", "HH_FOLLOW_REDIRECTS", "HH_HIGH_CONCURRENCY",
        "HH_HTTP_CONFIG", "HH_KEEPALIVE_EXPIRY", "HH_MAX_CONNECTIONS", "HH_MAX_EXPORT_BATCH_SIZE",
        "HH_MAX_KEEPALIVE_CONNECTIONS", "HH_MAX_RETRIES", "HH_POOL_TIMEOUT", "HH_RATE_LIMIT_CALLS",
        "HH_RATE_LIMIT_WINDOW", "HH_TELEMETRY", "HH_TIMEOUT", "HH_VERBOSE", "HONEYHIVE_BATCH_SIZE",
        "HONEYHIVE_DISABLE_HTTP_TRACING", "HONEYHIVE_NAMESPACE", "HONEYHIVE_TELEMETRY",
    ]
}
