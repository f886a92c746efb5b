internal import WireText

/// Encodes spans in OTLP/protobuf
/// (https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto).
enum OTLPProtobuf {
    /// Appends a span with its framing as a field of `ScopeSpans.spans`, so that concatenated spans are valid message
    /// content.
    static func append(_ span: SpanRecord, to output: inout OutputBytes) {
        var writer = ProtobufWriter(into: output)
        writer.message(2) { writer in write(span, to: &writer) }
        output = writer.finish()
    }

    static func resource(_ attributes: AttributeList) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1) { resource in
            write(attributes, field: 1, to: &resource)
            writeDroppedCount(of: attributes, field: 2, to: &resource)
        }
        return writer.bytes
    }

    static func scope(name: String, version: String) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1) { scope in
            scope.string(1, name)
            scope.string(2, version)
        }
        return writer.bytes
    }

    /// Returns what is before the spans in
    /// `ExportTraceServiceRequest{resource_spans{resource, scope_spans{scope, spans…}}}`.
    static func envelopeHead(spanBytes: Int, resource: [UInt8], scope: [UInt8]) -> [UInt8] {
        let scopeSpansHead = ProtobufWriter.messageHead(2, length: scope.count + spanBytes)
        let resourceSpansLength = resource.count + scopeSpansHead.count + scope.count + spanBytes
        return ProtobufWriter.messageHead(1, length: resourceSpansLength) + resource + scopeSpansHead + scope
    }

    private static func write(_ span: SpanRecord, to writer: inout ProtobufWriter) {
        writer.id(1, span.traceID)
        writer.id(2, span.spanID)
        if let traceState = span.traceState { writer.string(3, traceState) }
        if let parent = span.parentSpanID { writer.id(4, parent) }
        writer.string(5, span.name)
        writer.varint(6, UInt64(span.kind.rawValue))
        writer.fixed64(7, span.startUnixNanoseconds)
        writer.fixed64(8, span.endUnixNanoseconds)
        write(span.attributes, field: 9, to: &writer)
        writeDroppedCount(of: span.attributes, field: 10, to: &writer)
        for event in span.events {
            writer.message(11) { writer in
                writer.fixed64(1, event.unixNanoseconds)
                writer.string(2, event.name)
                write(event.attributes, field: 3, to: &writer)
                writeDroppedCount(of: event.attributes, field: 4, to: &writer)
            }
        }
        if span.droppedEventCount > 0 { writer.varint(12, UInt64(span.droppedEventCount)) }
        for link in span.links {
            writer.message(13) { writer in
                writer.id(1, link.traceID)
                writer.id(2, link.spanID)
                write(link.attributes, field: 4, to: &writer)
                writeDroppedCount(of: link.attributes, field: 5, to: &writer)
            }
        }
        if span.droppedLinkCount > 0 { writer.varint(14, UInt64(span.droppedLinkCount)) }
        write(span.status, to: &writer)
        writer.fixed32(16, span.flags)
    }

    private static func write(_ status: SpanRecord.Status, to writer: inout ProtobufWriter) {
        switch status {
        case .unset: break
        case .ok: writer.message(15) { $0.varint(3, 1) }
        case .error(let message):
            writer.message(15) { status in
                if !message.isEmpty { status.string(2, message) }
                status.varint(3, 2)
            }
        }
    }

    private static func write(_ attributes: AttributeList, field: Int, to writer: inout ProtobufWriter) {
        if let shared = attributes.shared {
            writer.raw(shared.protobuf { write(shared.entries, field: field, to: &$0) })
        }
        write(attributes.ownEntries, field: field, to: &writer)
    }

    private static func write(_ entries: [AttributeList.Entry], field: Int, to writer: inout ProtobufWriter) {
        for index in entries.indices {
            write(entries[index].attributeKey, entries[index].value, field: field, to: &writer)
        }
    }

    private static func writeDroppedCount(of attributes: AttributeList, field: Int, to writer: inout ProtobufWriter) {
        if attributes.droppedCount > 0 { writer.varint(field, UInt64(attributes.droppedCount)) }
    }

    private static func write(
        _ key: AttributeKey,
        _ value: AttributeValue,
        field: Int,
        to writer: inout ProtobufWriter
    ) {
        writer.message(field) { pair in
            if let group = key.group {
                pair.string(1, group.prefix, key.name)
            } else {
                pair.string(1, key.name)
            }
            pair.message(2) { write(value, to: &$0) }
        }
    }

    private static func write(_ value: AttributeValue, to writer: inout ProtobufWriter, depth: Int = 0) {
        switch value {
        case .null: break
        case .string(let text): writer.string(1, text)
        case .bool(let flag): writer.varint(2, flag ? 1 : 0)
        case .int(let number): writer.int64(3, number)
        case .double(let number) where number.isFinite: writer.double(4, number)
        case .double(let number): writer.string(1, number.nonFiniteName)
        case _ where depth >= AttributeList.maximumDepth: writer.string(1, "…")
        case .array(let elements):
            writer.message(5) { array in
                // As in JSON, a null in a list is an empty string.
                for element in elements {
                    array.message(1) { write(element == .null ? "" : element, to: &$0, depth: depth + 1) }
                }
            }
        case .dictionary(let members):
            writer.message(6) { list in
                for key in members.keys.sorted() {
                    list.message(1) { pair in
                        pair.string(1, key)
                        pair.message(2) { write(members[key] ?? .null, to: &$0, depth: depth + 1) }
                    }
                }
            }
        }
    }
}
