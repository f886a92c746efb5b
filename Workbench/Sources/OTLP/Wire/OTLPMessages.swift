import FoundationEssentials
import SwiftProtobuf

/// The export request of OTLP's schema.
typealias ExportRequest = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest
private typealias SpanMessage = Opentelemetry_Proto_Trace_V1_Span
typealias AnyValueMessage = Opentelemetry_Proto_Common_V1_AnyValue
typealias KeyValueMessage = Opentelemetry_Proto_Common_V1_KeyValue

/// The content of a message's fields for trace and span ids.
enum IDFields {
    /// The id's bytes, as in Protobuf.
    case bytes
    /// The id's hexadecimal digits, which are also digits of base64, decoded as base64.
    ///
    /// OTLP/JSON writes ids in hexadecimal, and Protobuf's JSON reads and writes bytes in base64
    /// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
    case digits

    func traceID(_ field: Data) -> TraceID? {
        self == .bytes ? TraceID(bytes: field) : TraceID(hex: field.base64EncodedString())
    }

    func spanID(_ field: Data) -> SpanID? {
        self == .bytes ? SpanID(bytes: field) : SpanID(hex: field.base64EncodedString())
    }

    /// Tests for an id of zeros, which some senders write as the parent of a root span.
    fileprivate func isZero(_ field: Data) -> Bool {
        self == .bytes
            ? field.allSatisfy { $0 == 0 } : field.base64EncodedString().allSatisfy { $0 == "0" || $0 == "=" }
    }
}

// MARK: - Decoding

extension ExportRequest {
    /// Converts the request to arrivals: the spans, and what an export of this program has beside them.
    ///
    /// - Throws: ``CollectorError`` when an id of a span is invalid.
    func arrivals(ids: IDFields) throws(CollectorError) -> [TraceArrival] {
        let sessions = resourceSpans.compactMap { TraceExport.session(in: $0.resource.attributes.map(Attribute.init)) }
        var spans: [TraceSpan] = []
        var events: [TraceArrival] = []
        for var span in try self.spans(ids: ids) {
            if let event = TraceExport.restore(&span) { events.append(event) } else { spans.append(span) }
        }
        return sessions + (spans.isEmpty ? [] : [.spans(spans)]) + events
    }

    /// Converts the request to spans.
    ///
    /// - Throws: ``CollectorError`` when an id of a span is invalid.
    func spans(ids: IDFields) throws(CollectorError) -> [TraceSpan] {
        var spans: [TraceSpan] = []
        for resourceSpans in resourceSpans {
            let resource = resourceSpans.resource.attributes.map(Attribute.init)
            for scopeSpans in resourceSpans.scopeSpans {
                for message in scopeSpans.spans {
                    var span = try TraceSpan(message, ids)
                    span.resource = resource
                    span.scopeName = scopeSpans.scope.name
                    spans.append(span)
                }
            }
        }
        return spans
    }
}

extension TraceSpan {
    fileprivate init(_ message: SpanMessage, _ ids: IDFields) throws(CollectorError) {
        let parentID = ids.spanID(message.parentSpanID)
        guard let traceID = ids.traceID(message.traceID), let spanID = ids.spanID(message.spanID),
            parentID != nil || ids.isZero(message.parentSpanID)
        else {
            let problem = "a span's traceId, spanId or parentSpanId is no id (its name: '\(message.name)')"
            throw CollectorError(.malformed, problem)
        }
        self.init(
            traceID: traceID,
            spanID: spanID,
            parentID: parentID,
            name: message.name,
            startNanoseconds: message.startTimeUnixNano,
            endNanoseconds: message.endTimeUnixNano
        )
        let kinds = Kind.allCases
        kind = kinds.indices.contains(message.kind.rawValue) ? kinds[message.kind.rawValue] : .unspecified
        switch message.status.code {
        case .ok: status = .ok
        case .error: status = .error(message: message.status.message)
        case .unset, .UNRECOGNIZED: status = .unset
        }
        attributes = message.attributes.map(Attribute.init)
        events = message.events.map { event in
            Event(
                timeNanoseconds: event.timeUnixNano,
                name: event.name,
                attributes: event.attributes.map(Attribute.init)
            )
        }
        // A link with invalid ids is dropped; its span is kept.
        links = message.links.compactMap { link in
            guard let traceID = ids.traceID(link.traceID), let spanID = ids.spanID(link.spanID) else { return nil }
            return Link(traceID: traceID, spanID: spanID, attributes: link.attributes.map(Attribute.init))
        }
    }
}

extension Attribute {
    init(_ message: KeyValueMessage) {
        self.init(message.key, AttributeValue(message.value))
    }
}

extension AttributeValue {
    init(_ message: AnyValueMessage) {
        self =
            switch message.value {
            case .stringValue(let string)?: .string(string)
            case .boolValue(let bool)?: .bool(bool)
            case .intValue(let int)?: .int(int)
            case .doubleValue(let double)?: .double(double)
            case .bytesValue(let bytes)?: .bytes(Array(bytes))
            case .arrayValue(let array)?: .array(array.values.map(AttributeValue.init))
            case .kvlistValue(let list)?: .map(list.values.map(Attribute.init))
            case .stringValueStrindex?, nil: .empty
            }
    }
}

// MARK: - Encoding, with ids as digits

extension ExportRequest {
    /// Creates a request; adjacent spans of the same resource and scope are grouped.
    init(_ spans: [TraceSpan]) {
        var previous: TraceSpan?
        for span in spans {
            if previous?.resource != span.resource || previous?.scopeName != span.scopeName {
                resourceSpans.append(
                    .with { group in
                        group.resource.attributes = span.resource.map(KeyValueMessage.init)
                        group.scopeSpans = [.with { $0.scope.name = span.scopeName }]
                    }
                )
            }
            resourceSpans[resourceSpans.count - 1].scopeSpans[0].spans.append(SpanMessage(span))
            previous = span
        }
    }
}

extension SpanMessage {
    fileprivate init(_ span: TraceSpan) {
        self.init()
        traceID = IDFields.digits(span.traceID.hex)
        spanID = IDFields.digits(span.spanID.hex)
        parentSpanID = IDFields.digits(span.parentID?.hex ?? "")
        name = span.name
        kind = TraceSpan.Kind.allCases.firstIndex(of: span.kind).flatMap(SpanKind.init) ?? .unspecified
        startTimeUnixNano = span.startNanoseconds
        endTimeUnixNano = span.endNanoseconds
        attributes = span.attributes.map(KeyValueMessage.init)
        events = span.events.map { event in
            .with {
                $0.timeUnixNano = event.timeNanoseconds
                $0.name = event.name
                $0.attributes = event.attributes.map(KeyValueMessage.init)
            }
        }
        links = span.links.map { link in
            .with {
                $0.traceID = IDFields.digits(link.traceID.hex)
                $0.spanID = IDFields.digits(link.spanID.hex)
                $0.attributes = link.attributes.map(KeyValueMessage.init)
            }
        }
        switch span.status {
        case .unset: break
        case .ok: status.code = .ok
        case .error(let message):
            status.code = .error
            status.message = message
        }
    }

}

extension IDFields {
    /// The field of an id in JSON; see ``digits``.
    static func digits(_ hex: String) -> Data { Data(base64Encoded: hex) ?? Data() }
}

extension KeyValueMessage {
    init(_ attribute: Attribute) {
        self.init()
        key = attribute.key
        value = AnyValueMessage(attribute.value)
    }
}

extension AnyValueMessage {
    init(_ value: AttributeValue) {
        self.init()
        switch value {
        case .empty: break
        case .string(let string): stringValue = string
        case .bool(let bool): boolValue = bool
        case .int(let int): intValue = int
        case .double(let double): doubleValue = double
        case .bytes(let bytes): bytesValue = Data(bytes)
        case .array(let elements): arrayValue.values = elements.map(AnyValueMessage.init)
        case .map(let pairs): kvlistValue.values = pairs.map(KeyValueMessage.init)
        }
    }
}
