import FoundationEssentials
import Testing

@testable import SessionTracing

extension SpanRecord {
    /// Returns a span with this name and payload size, in bytes.
    static func named(_ name: String, payloadBytes: Int = 0) throws -> SpanRecord {
        // One value is truncated at 256 KiB.
        let piece = 200_000
        var attributes = AttributeList()
        for start in stride(from: 0, to: payloadBytes, by: piece) {
            let text = String(repeating: "p", count: min(piece, payloadBytes - start))
            attributes.set("payload.\(start)", to: .string(text))
        }
        return SpanRecord(
            traceID: try #require(TraceID(high: 1, low: 2)),
            spanID: try #require(SpanID(3)),
            parentSpanID: nil,
            isParentRemote: false,
            traceState: nil,
            isSampled: true,
            name: name,
            kind: .internal,
            startUnixNanoseconds: 1,
            endUnixNanoseconds: 2,
            attributes: attributes
        )
    }
}

extension SpanBuffer {
    /// Creates a buffer of spans with the given names, in one batch if they are small.
    convenience init(_ names: String..., format: SpanFormat = .json, payloadBytes: Int = 0) throws {
        self.init(encoder: SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0"))
        for name in names { append(try SpanRecord.named(name, payloadBytes: payloadBytes)) }
    }

    /// Creates a buffer of batches with one span each, the oldest first.
    convenience init(batches names: [String], maximumBytes: Int = SpanBuffer.maximumBytes) throws {
        self.init(
            encoder: SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0"),
            budget: BufferBudget(maximumBytes: maximumBytes)
        )
        for name in names.reversed() { putBack(try #require(try SpanBuffer(name).takeBatch())) }
    }
}

/// Returns the names of the spans in an OTLP/JSON request, in order.
func spanNames(_ body: [UInt8]) throws -> [String] {
    struct Request: Decodable {
        struct ResourceSpans: Decodable { let scopeSpans: [ScopeSpans] }
        struct ScopeSpans: Decodable { let spans: [Span] }
        struct Span: Decodable { let name: String }
        let resourceSpans: [ResourceSpans]
    }
    return try JSONDecoder().decode(Request.self, from: Data(body))
        .resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans).map(\.name)
}

extension FlushReport {
    /// The report without retries and duration.
    var counts: FlushReport {
        var report = self
        report.retryCount = 0
        report.duration = .zero
        return report
    }
}
