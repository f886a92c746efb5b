package import SessionTracing

/// The resource attributes of the function, by OpenTelemetry's conventions
/// (https://opentelemetry.io/docs/specs/semconv/resource/faas/).
package enum ResourceAttributes {
    private static let bytesPerMebibyte = 1_024 * 1_024

    /// Returns the attributes of the function and this framework.
    ///
    /// - Parameters:
    ///   - reader: Reads Lambda's variables and the user's own attributes.
    ///   - version: This framework's version.
    ///   - redaction: Applied to the user's own attributes.
    /// - Returns: The attributes; those missing in the environment are omitted.
    package static func make(
        _ reader: inout SettingsReader,
        version: String,
        redaction: Redaction
    ) -> AttributeList {
        let environment = reader.environment
        var attributes = AttributeList()
        attributes.set("telemetry.sdk.name", to: "swift-traced-lambda")
        attributes.set("telemetry.sdk.language", to: "swift")
        attributes.set("telemetry.sdk.version", to: .string(version))
        attributes.set("cloud.provider", to: "aws")
        attributes.set("cloud.platform", to: "aws_lambda")
        set("cloud.region", to: environment[.region], in: &attributes)
        set("faas.name", to: environment[.functionName], in: &attributes)
        set("faas.version", to: environment[.functionVersion], in: &attributes)
        set("faas.instance", to: environment[.logStreamName], in: &attributes)
        if let mebibytes = environment[.functionMemorySize].flatMap({ Int($0) }), (1...1_000_000).contains(mebibytes) {
            attributes.set("faas.max_memory", to: .int(mebibytes * bytesPerMebibyte))
        }
        // The user's own attributes are set last, so that they take precedence.
        let list = SettingList(environment[.resourceAttributes] ?? "", decodesNames: true)
        for member in list.members {
            attributes.set(member.name, to: redaction.redacted(.string(member.value), of: member.name))
        }
        if let malformed = list.malformedMembers {
            reader.report(
                .resourceAttributes,
                "holds a member that is not NAME=VALUE: \(malformed), which is left out"
            )
        }
        if let name = environment[.serviceName] {
            attributes.set("service.name", to: redaction.redacted(.string(name), of: "service.name"))
        } else if attributes["service.name"] == nil {
            attributes.set("service.name", to: .string(environment[.functionName] ?? "unknown_service:swift"))
        }
        return attributes
    }

    private static func set(_ key: String, to value: String?, in attributes: inout AttributeList) {
        if let value { attributes.set(key, to: .string(value)) }
    }
}
