/// Turns spans into the bytes of an OTLP export request, in two steps: each span once, when it ends, and the envelope around
/// a batch of them, when it is sent.
package struct SpanEncoder: Sendable {
    package let format: SpanFormat
    /// What stands between two spans of a batch.
    package let separator: [UInt8]
    private let prefix: [UInt8]
    private let scope: [UInt8]
    private let resource: [UInt8]

    /// - Parameters:
    ///   - format: How the bytes are to look.
    ///   - resource: Describes the function; written once for each request.
    ///   - scopeVersion: The framework's version, of the one instrumentation scope.
    package init(format: SpanFormat, resource: AttributeList, scopeVersion: String) {
        self.format = format
        separator = format == .protobuf ? [] : [UInt8(ascii: ",")]
        switch format {
        case .protobuf:
            prefix = []
            self.resource = OTLPProtobuf.resource(resource)
            scope = OTLPProtobuf.scope(name: Self.scopeName, version: scopeVersion)
        case .json, .honeyHiveJSON:
            self.resource = []
            scope = []
            prefix = OTLPJSON.prefix(resource: resource, scopeName: Self.scopeName, scopeVersion: scopeVersion)
        }
    }

    private static let scopeName = "swift-traced-lambda"

    /// Appends one span's bytes.
    package func encode(_ span: SpanRecord, into output: inout OutputBytes) {
        switch format {
        case .protobuf: OTLPProtobuf.append(span, to: &output)
        case .json: OTLPJSON.append(span, to: &output, dialect: .standard)
        case .honeyHiveJSON: OTLPJSON.append(span, to: &output, dialect: .honeyHive)
        }
    }

    /// One span's bytes by themselves.
    package func encode(_ span: SpanRecord) -> [UInt8] {
        var output = OutputBytes()
        encode(span, into: &output)
        return output.array
    }

    /// Puts the envelope around a batch.
    ///
    /// - Returns: The body of a complete `ExportTraceServiceRequest`.
    package func envelope(_ batch: [UInt8]) -> [UInt8] {
        switch format {
        case .protobuf: OTLPProtobuf.envelope(batch, resource: resource, scope: scope)
        case .json, .honeyHiveJSON: prefix + batch + OTLPJSON.suffix
        }
    }
}
