import FoundationEssentials
import Testing

@testable import SessionTracing

extension SpanRecord {
    /// A span with a name of its own, and as large as asked for.
    static func named(_ name: String, payloadBytes: Int = 0) throws -> SpanRecord {
        // One value is cut at 256 KiB.
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
    /// A buffer of spans with the given names, in one batch if they are small.
    convenience init(_ names: String..., format: SpanFormat = .json, payloadBytes: Int = 0) throws {
        self.init(encoder: SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0"))
        for name in names { append(try SpanRecord.named(name, payloadBytes: payloadBytes)) }
    }

    /// A buffer of batches, each of one span; the first is the oldest.
    convenience init(batches names: [String], maximumBytes: Int = SpanBuffer.defaultMaximumBytes) throws {
        self.init(
            encoder: SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0"),
            maximumBytes: maximumBytes
        )
        for name in names.reversed() { putBack(try #require(try SpanBuffer(name).takeBatch())) }
    }
}

/// The names of the spans in an OTLP/JSON request, in their order.
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
    /// What became of the spans, without how often and how long it was tried.
    var counts: FlushReport {
        var report = self
        report.retryCount = 0
        report.duration = .zero
        return report
    }
}
