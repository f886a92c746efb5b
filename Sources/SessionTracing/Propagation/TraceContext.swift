internal import WireText

/// A caller's span as propagated by W3C Trace Context (https://www.w3.org/TR/trace-context/).
public struct TraceContext: Sendable, Hashable {
    /// The id of the trace.
    public let traceID: TraceID
    /// The id of the caller's span, the parent of spans started here.
    public let spanID: SpanID
    /// True if the caller records its spans.
    ///
    /// The other flag bits are ignored.
    public let isSampled: Bool
    /// Vendor-specific data, forwarded unchanged; nil if there is none.
    public let traceState: String?

    /// The maximum length of a `tracestate` that is forwarded, in bytes; the specification requires at least 512.
    package static let maximumTraceStateBytes = 8_192

    package init(traceID: TraceID, spanID: SpanID, isSampled: Bool, traceState: String? = nil) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.traceState = traceState
    }

    /// Parses the two headers.
    ///
    /// Nil if `traceparent` violates the specification; a new trace is then started.
    ///
    /// - Parameters:
    ///   - traceparent: `version-traceid-spanid-flags`. Versions above 00 may have further fields.
    ///   - tracestate: The `tracestate` value. It is ignored if it is nil, empty, over 8,192 bytes or not printable
    ///     ASCII.
    public init?(traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.trimmingSpace().utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Hexadecimal.parse(bytes[0..<2]), version != 0xFF,
            let traceHigh = Hexadecimal.parse(bytes[3..<19]), let traceLow = Hexadecimal.parse(bytes[19..<35]),
            let traceID = TraceID(high: traceHigh, low: traceLow),
            let spanID = Hexadecimal.parse(bytes[36..<52]).flatMap(SpanID.init),
            let flags = Hexadecimal.parse(bytes[53..<55]),
            bytes.count == 55 || (version > 0 && bytes[55] == dash)
        else { return nil }
        let state = tracestate?.trimmingSpace() ?? ""
        // The value is forwarded unchanged, so it must not contain a line break.
        let isState =
            !state.isEmpty && state.utf8.count <= Self.maximumTraceStateBytes
            && state.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 < 0x7F) }
        self.init(
            traceID: traceID,
            spanID: spanID,
            isSampled: flags & 1 == 1,
            traceState: isState ? state : nil
        )
    }

    /// The value of the `traceparent` header, version 00.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }
}
