internal import WireText

/// Encodes spans in OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal,
/// 64-bit integers as strings.
enum OTLPJSON {
    /// The form of enums: numbers in the standard, names at HoneyHive.
    enum Dialect {
        case standard
        case honeyHive
    }

    static let suffix = Array("]}]}]}".utf8)

    /// Returns the request body up to the first span.
    static func prefix(resource: AttributeList, scopeName: String, scopeVersion: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { request in
            request.name("resourceSpans")
            request.array { list in
                list.object { resourceSpans in
                    resourceSpans.name("resource")
                    resourceSpans.object { write(resource, to: &$0) }
                    resourceSpans.name("scopeSpans")
                    resourceSpans.array { list in
                        list.object { scopeSpans in
                            scopeSpans.name("scope")
                            scopeSpans.object { scope in
                                scope.member("name", scopeName)
                                scope.member("version", scopeVersion)
                            }
                            scopeSpans.name("spans")
                            scopeSpans.array { _ in }
                        }
                    }
                }
            }
        }
        return Array(writer.bytes.dropLast(suffix.count))
    }

    static func append(_ span: SpanRecord, to output: inout OutputBytes, dialect: Dialect) {
        var writer = JSONWriter(into: output)
        writer.object { write(span, to: &$0, dialect: dialect) }
        output = writer.finish()
    }

    private static func write(_ span: SpanRecord, to writer: inout JSONWriter, dialect: Dialect) {
        writer.name(literal: "traceId")
        writer.hexadecimal(high: span.traceID.high, span.traceID.low)
        writer.name(literal: "spanId")
        writer.hexadecimal(span.spanID.value)
        if let traceState = span.traceState { writer.member(literal: "traceState", traceState) }
        if let parent = span.parentSpanID {
            writer.name(literal: "parentSpanId")
            writer.hexadecimal(parent.value)
        } else if dialect == .honeyHive {
            writer.name(literal: "parentSpanId")
            writer.null()
        }
        writer.member(literal: "name", span.name)
        writer.name(literal: "kind")
        writeEnum(span.kind.rawValue, name: span.kind.wireName, to: &writer, dialect: dialect)
        writer.name(literal: "startTimeUnixNano")
        writer.quotedInt(span.startUnixNanoseconds)
        writer.name(literal: "endTimeUnixNano")
        writer.quotedInt(span.endUnixNanoseconds)
        write(span.attributes, to: &writer)
        writer.name(literal: "events")
        writer.array { list in
            for event in span.events { list.object { write(event, to: &$0) } }
        }
        if span.droppedEventCount > 0 { writer.member(literal: "droppedEventsCount", span.droppedEventCount) }
        if !span.links.isEmpty {
            writer.name(literal: "links")
            writer.array { list in
                for link in span.links { list.object { write(link, to: &$0) } }
            }
        }
        if span.droppedLinkCount > 0 { writer.member(literal: "droppedLinksCount", span.droppedLinkCount) }
        writer.name(literal: "status")
        writer.object { write(span.status, to: &$0, dialect: dialect) }
        writer.member(literal: "flags", Int(span.flags))
    }

    private static func write(_ event: SpanRecord.Event, to writer: inout JSONWriter) {
        writer.name(literal: "timeUnixNano")
        writer.quotedInt(event.unixNanoseconds)
        writer.member(literal: "name", event.name)
        write(event.attributes, to: &writer)
    }

    private static func write(_ link: SpanRecord.Link, to writer: inout JSONWriter) {
        writer.name(literal: "traceId")
        writer.hexadecimal(high: link.traceID.high, link.traceID.low)
        writer.name(literal: "spanId")
        writer.hexadecimal(link.spanID.value)
        write(link.attributes, to: &writer)
    }

    private static func write(_ status: SpanRecord.Status, to writer: inout JSONWriter, dialect: Dialect) {
        switch status {
        case .unset:
            guard dialect == .honeyHive else { return }
            writer.member(literal: "code", "STATUS_CODE_UNSET")
        case .ok:
            writer.name(literal: "code")
            writeEnum(1, name: "STATUS_CODE_OK", to: &writer, dialect: dialect)
        case .error(let message):
            writer.name(literal: "code")
            writeEnum(2, name: "STATUS_CODE_ERROR", to: &writer, dialect: dialect)
            if !message.isEmpty { writer.member(literal: "message", message) }
        }
    }

    private static func writeEnum(_ value: Int, name: String, to writer: inout JSONWriter, dialect: Dialect) {
        switch dialect {
        case .standard: writer.int(value)
        case .honeyHive: writer.string(name)
        }
    }

    private static func write(_ attributes: AttributeList, to writer: inout JSONWriter) {
        writer.name(literal: "attributes")
        writer.array { list in
            if let shared = attributes.shared {
                list.raw(shared.json { writePairs(shared.entries, to: &$0) })
            }
            writePairs(attributes.ownEntries, to: &list)
        }
        if attributes.droppedCount > 0 { writer.member(literal: "droppedAttributesCount", attributes.droppedCount) }
    }

    private static func writePairs(_ entries: [AttributeList.Entry], to list: inout JSONWriter) {
        // Iterates by index: iterating over the elements would retain and release each one with its strings.
        for index in entries.indices {
            writePair(entries[index].attributeKey, entries[index].value, to: &list, depth: 0)
        }
    }

    /// Writes a key and its value.
    ///
    /// A null value is left out, because strict collectors reject `"value":{}`.
    private static func writePair(
        _ key: AttributeKey,
        _ value: AttributeValue,
        to writer: inout JSONWriter,
        depth: Int
    ) {
        if case .null = value { return }
        writer.open(#"{"key":""#, literal: key.group?.prefix ?? "", key.name, #"","value":"#)
        write(value, to: &writer, depth: depth)
        writer.close("}")
    }

    private static func write(_ value: AttributeValue, to writer: inout JSONWriter, depth: Int) {
        switch value {
        // Only in a list, whose indices must not move. Strict collectors reject an empty value.
        case .null: write("", to: &writer)
        case .string(let text): write(text, to: &writer)
        case .int(let number):
            writer.open(#"{"intValue":"#)
            writer.quotedInt(number)
        case .bool(let flag):
            writer.open(#"{"boolValue":"#)
            writer.bool(flag)
        case .double(let number) where number.isFinite:
            writer.open(#"{"doubleValue":"#)
            writer.double(number)
        case .double(let number): write(number.nonFiniteName, to: &writer)
        case _ where depth >= AttributeList.maximumDepth: write("…", to: &writer)
        case .array(let elements):
            writer.open(#"{"arrayValue":{"values":"#)
            writer.array { list in
                for element in elements { write(element, to: &list, depth: depth + 1) }
            }
            writer.close("}")
        case .dictionary(let members):
            writer.open(#"{"kvlistValue":{"values":"#)
            writer.array { list in
                for key in members.keys.sorted() {
                    writePair(AttributeKey(key), members[key] ?? .null, to: &list, depth: depth + 1)
                }
            }
            writer.close("}")
        }
        writer.close("}")
    }

    private static func write(_ text: String, to writer: inout JSONWriter) {
        writer.open(#"{"stringValue":""#, text, "\"")
    }
}

extension SpanRecord.Kind {
    fileprivate var wireName: String {
        switch self {
        case .internal: "SPAN_KIND_INTERNAL"
        case .server: "SPAN_KIND_SERVER"
        case .client: "SPAN_KIND_CLIENT"
        case .producer: "SPAN_KIND_PRODUCER"
        case .consumer: "SPAN_KIND_CONSUMER"
        }
    }
}
