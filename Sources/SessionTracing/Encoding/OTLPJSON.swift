/// OTLP's JSON mapping (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal, 64-bit numbers
/// as strings.
enum OTLPJSON {
    /// Enums are numbers in the standard and names with HoneyHive.
    enum Dialect {
        case standard
        case honeyHive
    }

    static let suffix = Array("]}]}]}".utf8)

    /// Everything before the first span.
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

    static func append(_ span: SpanRecord, to bytes: inout [UInt8], dialect: Dialect) {
        var writer = JSONWriter(into: bytes)
        bytes = []
        writer.object { write(span, to: &$0, dialect: dialect) }
        bytes = writer.bytes
    }

    private static func write(_ span: SpanRecord, to writer: inout JSONWriter, dialect: Dialect) {
        writer.name("traceId")
        writer.hexadecimal(span.traceID.high, span.traceID.low)
        writer.name("spanId")
        writer.hexadecimal(span.spanID.value)
        if let traceState = span.traceState { writer.member("traceState", traceState) }
        if let parent = span.parentSpanID {
            writer.name("parentSpanId")
            writer.hexadecimal(parent.value)
        } else if dialect == .honeyHive {
            writer.name("parentSpanId")
            writer.null()
        }
        writer.member("name", span.name)
        writer.name("kind")
        writeEnum(span.kind.rawValue, name: span.kind.wireName, to: &writer, dialect: dialect)
        writer.name("startTimeUnixNano")
        writer.quotedInt(span.startUnixNanoseconds)
        writer.name("endTimeUnixNano")
        writer.quotedInt(span.endUnixNanoseconds)
        write(span.attributes, to: &writer)
        writer.name("events")
        writer.array { list in
            for event in span.events { list.object { write(event, to: &$0) } }
        }
        if span.droppedEventCount > 0 { writer.member("droppedEventsCount", span.droppedEventCount) }
        if !span.links.isEmpty {
            writer.name("links")
            writer.array { list in
                for link in span.links { list.object { write(link, to: &$0) } }
            }
        }
        if span.droppedLinkCount > 0 { writer.member("droppedLinksCount", span.droppedLinkCount) }
        writer.name("status")
        writer.object { write(span.status, to: &$0, dialect: dialect) }
        writer.member("flags", span.flags)
    }

    private static func write(_ event: SpanRecord.Event, to writer: inout JSONWriter) {
        writer.name("timeUnixNano")
        writer.quotedInt(event.unixNanoseconds)
        writer.member("name", event.name)
        write(event.attributes, to: &writer)
    }

    private static func write(_ link: SpanRecord.Link, to writer: inout JSONWriter) {
        writer.name("traceId")
        writer.hexadecimal(link.traceID.high, link.traceID.low)
        writer.name("spanId")
        writer.hexadecimal(link.spanID.value)
        write(link.attributes, to: &writer)
    }

    private static func write(_ status: SpanRecord.Status, to writer: inout JSONWriter, dialect: Dialect) {
        switch status {
        case .unset:
            guard dialect == .honeyHive else { return }
            writer.member("code", "STATUS_CODE_UNSET")
        case .ok:
            writer.name("code")
            writeEnum(1, name: "STATUS_CODE_OK", to: &writer, dialect: dialect)
        case .error(let message):
            writer.name("code")
            writeEnum(2, name: "STATUS_CODE_ERROR", to: &writer, dialect: dialect)
            if !message.isEmpty { writer.member("message", message) }
        }
    }

    private static func writeEnum(_ value: Int, name: String, to writer: inout JSONWriter, dialect: Dialect) {
        switch dialect {
        case .standard: writer.int(value)
        case .honeyHive: writer.string(name)
        }
    }

    private static func write(_ attributes: AttributeList, to writer: inout JSONWriter) {
        writer.name("attributes")
        writer.array { list in
            if let shared = attributes.shared {
                list.raw(shared.json { writePairs(shared.entries, to: &$0) })
            }
            writePairs(attributes.ownEntries, to: &list)
        }
        if attributes.droppedCount > 0 { writer.member("droppedAttributesCount", attributes.droppedCount) }
    }

    private static func writePairs(_ entries: [AttributeList.Entry], to list: inout JSONWriter) {
        for entry in entries { writePair(entry.key, entry.value, to: &list, depth: 0) }
    }

    /// Strict collectors refuse `"value":{}`, so a null is left out altogether.
    private static func writePair(_ key: String, _ value: AttributeValue, to writer: inout JSONWriter, depth: Int) {
        guard value != .null else { return }
        writer.object { pair in
            pair.member("key", key)
            pair.name("value")
            write(value, to: &pair, depth: depth)
        }
    }

    private static func write(_ value: AttributeValue, to writer: inout JSONWriter, depth: Int) {
        writer.object { writer in
            switch value {
            case .null: break
            case .string(let text): writer.member("stringValue", text)
            case .int(let number):
                writer.name("intValue")
                writer.quotedInt(number)
            case .bool(let flag):
                writer.name("boolValue")
                writer.bool(flag)
            case .double(let number) where number.isFinite:
                writer.name("doubleValue")
                writer.double(number)
            case .double(let number): writer.member("stringValue", number.nonFiniteName)
            case _ where depth >= AttributeList.maximumDepth: writer.member("stringValue", "…")
            case .array(let elements):
                writer.name("arrayValue")
                writeList(to: &writer) { list in
                    for element in elements where element != .null { write(element, to: &list, depth: depth + 1) }
                }
            case .dictionary(let members):
                writer.name("kvlistValue")
                writeList(to: &writer) { list in
                    for key in members.keys.sorted() {
                        writePair(key, members[key] ?? .null, to: &list, depth: depth + 1)
                    }
                }
            }
        }
    }

    private static func writeList(to writer: inout JSONWriter, _ values: (inout JSONWriter) -> Void) {
        writer.object { wrapper in
            wrapper.name("values")
            wrapper.array(values)
        }
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
