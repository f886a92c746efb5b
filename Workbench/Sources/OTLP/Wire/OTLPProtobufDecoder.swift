import SwiftProtobuf

/// Decodes OTLP in binary Protobuf.
enum OTLPProtobufDecoder {
    /// Decodes an export request.
    ///
    /// - Throws: ``CollectorError`` when the bytes are not an export request.
    static func spans(in bytes: [UInt8]) throws(CollectorError) -> [TraceSpan] {
        let request: Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest
        do {
            request = try .init(serializedBytes: bytes)
        } catch {
            throw CollectorError(.malformed, "the body is not an ExportTraceServiceRequest in Protobuf: \(error)")
        }
        var spans: [TraceSpan] = []
        for resourceSpans in request.resourceSpans {
            let resource = resourceSpans.resource.attributes.map(Attribute.init)
            for scopeSpans in resourceSpans.scopeSpans {
                for message in scopeSpans.spans {
                    var span = try TraceSpan(message)
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
    fileprivate init(_ message: Opentelemetry_Proto_Trace_V1_Span) throws(CollectorError) {
        guard let traceID = TraceID(bytes: message.traceID), let spanID = SpanID(bytes: message.spanID) else {
            throw .badIDs(of: message.name)
        }
        let parentID = SpanID(bytes: message.parentSpanID)
        // Some senders write an all-zero parent id for a root span.
        guard parentID != nil || message.parentSpanID.allSatisfy({ $0 == 0 }) else { throw .badIDs(of: message.name) }
        self.init(
            traceID: traceID,
            spanID: spanID,
            parentID: parentID,
            name: message.name,
            startNanoseconds: message.startTimeUnixNano,
            endNanoseconds: message.endTimeUnixNano
        )
        kind = Kind(message.kind)
        status = Status(message.status)
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
            guard let traceID = TraceID(bytes: link.traceID), let spanID = SpanID(bytes: link.spanID) else {
                return nil
            }
            return Link(traceID: traceID, spanID: spanID, attributes: link.attributes.map(Attribute.init))
        }
    }
}

extension TraceSpan.Kind {
    fileprivate init(_ kind: Opentelemetry_Proto_Trace_V1_Span.SpanKind) {
        self =
            switch kind {
            case .internal: .internal
            case .server: .server
            case .client: .client
            case .producer: .producer
            case .consumer: .consumer
            case .unspecified, .UNRECOGNIZED: .unspecified
            }
    }
}

extension TraceSpan.Status {
    fileprivate init(_ status: Opentelemetry_Proto_Trace_V1_Status) {
        self =
            switch status.code {
            case .ok: .ok
            case .error: .error(message: status.message)
            case .unset, .UNRECOGNIZED: .unset
            }
    }
}

extension Attribute {
    fileprivate init(_ message: Opentelemetry_Proto_Common_V1_KeyValue) {
        self.init(message.key, AttributeValue(message.value))
    }
}

extension AttributeValue {
    fileprivate init(_ message: Opentelemetry_Proto_Common_V1_AnyValue) {
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

extension CollectorError {
    static func badIDs(of name: String) -> CollectorError {
        CollectorError(.malformed, "a span's traceId, spanId or parentSpanId is no id (its name: '\(name)')")
    }
}
