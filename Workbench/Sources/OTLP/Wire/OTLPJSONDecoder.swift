/// Decodes OTLP/JSON: the standard dialect (enums as numbers) and HoneyHive's (enum names, `null` for no parent).
///
/// Follows Protobuf's mapping with OTLP's exceptions
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal, unknown members ignored.
enum OTLPJSONDecoder {
    /// Decodes an export request.
    ///
    /// - Parameter depthLimit: The limit of nested arrays and objects.
    /// - Throws: ``CollectorError`` when the bytes are not an export request.
    static func spans(in bytes: [UInt8], depthLimit: Int = 128) throws(CollectorError) -> [TraceSpan] {
        let request = try JSONFields(try JSONValue(body: bytes, depthLimit: depthLimit), path: "$")
        var spans: [TraceSpan] = []
        for resourceSpans in try request.list("resourceSpans") {
            let resource = try resourceSpans.fields("resource")?.attributes() ?? []
            for scopeSpans in try resourceSpans.list("scopeSpans") {
                let scopeName = try scopeSpans.fields("scope")?.string("name") ?? ""
                for fields in try scopeSpans.list("spans") {
                    var span = try TraceSpan(fields)
                    span.resource = resource
                    span.scopeName = scopeName
                    spans.append(span)
                }
            }
        }
        return spans
    }
}

extension TraceSpan {
    fileprivate init(_ fields: JSONFields) throws(CollectorError) {
        let name = try fields.string("name")
        guard let traceID = TraceID(hex: try fields.string("traceId")),
            let spanID = SpanID(hex: try fields.string("spanId"))
        else { throw .badIDs(of: name) }
        let parentText = try fields.string("parentSpanId")
        let parentID = SpanID(hex: parentText)
        // Some senders write an all-zero parent id for a root span.
        guard parentID != nil || parentText.allSatisfy({ $0 == "0" }) else { throw .badIDs(of: name) }
        self.init(
            traceID: traceID,
            spanID: spanID,
            parentID: parentID,
            name: name,
            startNanoseconds: try fields.uint64("startTimeUnixNano"),
            endNanoseconds: try fields.uint64("endTimeUnixNano")
        )
        kind = try fields.enumCase("kind", Kind.wireNames, default: .unspecified)
        if let status = try fields.fields("status") { self.status = try Status(status) }
        attributes = try fields.attributes()
        events = try fields.list("events").map { event throws(CollectorError) in
            Event(
                timeNanoseconds: try event.uint64("timeUnixNano"),
                name: try event.string("name"),
                attributes: try event.attributes()
            )
        }
        for link in try fields.list("links") {
            // A link with invalid ids is dropped; its span is kept.
            guard let traceID = TraceID(hex: try link.string("traceId")),
                let spanID = SpanID(hex: try link.string("spanId"))
            else { continue }
            links.append(Link(traceID: traceID, spanID: spanID, attributes: try link.attributes()))
        }
    }
}

extension TraceSpan.Kind {
    /// The names in OTLP; a case's number is its index.
    static let wireNames: [(name: String, case: TraceSpan.Kind)] = [
        ("SPAN_KIND_UNSPECIFIED", .unspecified), ("SPAN_KIND_INTERNAL", .internal), ("SPAN_KIND_SERVER", .server),
        ("SPAN_KIND_CLIENT", .client), ("SPAN_KIND_PRODUCER", .producer), ("SPAN_KIND_CONSUMER", .consumer),
    ]
}

extension TraceSpan.Status {
    fileprivate init(_ fields: JSONFields) throws(CollectorError) {
        let message = try fields.string("message")
        let codes: [(name: String, case: TraceSpan.Status)] = [
            ("STATUS_CODE_UNSET", .unset), ("STATUS_CODE_OK", .ok), ("STATUS_CODE_ERROR", .error(message: message)),
        ]
        self = try fields.enumCase("code", codes, default: .unset)
    }
}

extension JSONFields {
    func attributes(_ name: String = "attributes") throws(CollectorError) -> [Attribute] {
        try list(name).map { pair throws(CollectorError) in
            guard let value = try pair.fields("value") else { return Attribute(try pair.string("key"), .empty) }
            return Attribute(try pair.string("key"), try AttributeValue(value))
        }
    }
}
