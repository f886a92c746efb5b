/// How spans go over the wire.
package enum SpanFormat: Sendable, Equatable {
    /// OTLP in protobuf.
    case protobuf
    /// OTLP in JSON as the OpenTelemetry specification has it: enums are numbers.
    case json
    /// OTLP in JSON as HoneyHive's own clients write it: enums are names, and a root's parent is null.
    case honeyHiveJSON

    package var contentType: String {
        self == .protobuf ? "application/x-protobuf" : "application/json"
    }
}
