/// The wire format of exported spans.
package enum SpanFormat: Sendable, Equatable {
    /// OTLP/protobuf.
    case protobuf
    /// OTLP/JSON as the OpenTelemetry specification defines it: enums are numbers.
    case json
    /// OTLP/JSON as HoneyHive's own clients write it: enums are names, and a root span's parent is null.
    case honeyHiveJSON

    package var contentType: String {
        switch self {
        case .protobuf: "application/x-protobuf"
        case .json, .honeyHiveJSON: "application/json"
        }
    }
}
