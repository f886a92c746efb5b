package import WireText

/// Encodes spans as the body of an OTLP export request in two steps: each span when it ends, and the envelope of a
/// batch when it is sent.
package struct SpanEncoder: Sendable {
    package let format: SpanFormat
    /// The bytes between two spans of a batch.
    package let separator: [UInt8]
    private let prefix: [UInt8]
    private let scope: [UInt8]
    private let resource: [UInt8]

    /// - Parameters:
    ///   - format: The wire format.
    ///   - resource: The resource attributes, which describe the function; written once per request.
    ///   - scopeVersion: The framework's version, for the instrumentation scope.
    package init(format: SpanFormat, resource: AttributeList, scopeVersion: String) {
        self.format = format
        switch format {
        case .protobuf:
            separator = []
            prefix = []
            self.resource = OTLPProtobuf.resource(resource)
            scope = OTLPProtobuf.scope(name: Self.scopeName, version: scopeVersion)
        case .json, .honeyHiveJSON:
            separator = [UInt8(ascii: ",")]
            self.resource = []
            scope = []
            prefix = OTLPJSON.prefix(resource: resource, scopeName: Self.scopeName, scopeVersion: scopeVersion)
        }
    }

    private static let scopeName = "swift-traced-lambda"

    /// Appends the encoding of one span to a buffer.
    package func encode(_ span: SpanRecord, into output: inout OutputBytes) {
        switch format {
        case .protobuf: OTLPProtobuf.append(span, to: &output)
        case .json: OTLPJSON.append(span, to: &output, dialect: .standard)
        case .honeyHiveJSON: OTLPJSON.append(span, to: &output, dialect: .honeyHive)
        }
    }

    package func encode(_ span: SpanRecord) -> [UInt8] {
        var output = OutputBytes()
        encode(span, into: &output)
        return output.array
    }

    /// Wraps a batch in the envelope.
    ///
    /// - Parameter batch: The encoded spans of the batch.
    /// - Returns: The body of a complete `ExportTraceServiceRequest`.
    package func envelope(_ batch: [UInt8]) -> [UInt8] {
        let (head, tail) = ends(ofEnvelopeAround: batch.count)
        return head + batch + tail
    }

    /// The size up to which a body is in one piece, in bytes: copying it costs less than another piece.
    private static let joinedBytes = 64 * 1_024

    /// Returns the body of a request with a batch, in pieces that are sent in order.
    package func body(of batch: SpanBatch) -> [[UInt8]] {
        guard batch.byteCount > Self.joinedBytes else { return [envelope(batch.bytes)] }
        let (head, tail) = ends(ofEnvelopeAround: batch.byteCount)
        return [head] + batch.pieces + (tail.isEmpty ? [] : [tail])
    }

    /// Returns what is before and after the spans.
    private func ends(ofEnvelopeAround byteCount: Int) -> (head: [UInt8], tail: [UInt8]) {
        switch format {
        case .protobuf: (OTLPProtobuf.envelopeHead(spanBytes: byteCount, resource: resource, scope: scope), [])
        case .json, .honeyHiveJSON: (prefix, OTLPJSON.suffix)
        }
    }
}
