/// The caller's place in a trace, as W3C Trace Context carries it (https://www.w3.org/TR/trace-context/).
public struct TraceContext: Sendable, Hashable {
    /// The trace that caller and function share.
    public let traceID: TraceID
    /// The caller's span; what starts here becomes its child.
    public let spanID: SpanID
    /// Whether the caller records its spans.
    ///
    /// The other flag bits have no meaning here.
    public let isSampled: Bool
    /// Vendors' own data, handed on unchanged; nil when there is none.
    public let traceState: String?

    /// Longest `tracestate` that is handed on, in bytes; the specification asks for at least 512.
    package static let maximumTraceStateBytes = 8_192

    package init(traceID: TraceID, spanID: SpanID, isSampled: Bool, traceState: String? = nil) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.traceState = traceState
    }

    /// Parses the two headers.
    ///
    /// Nil when `traceparent` breaks the specification: the trace then starts anew.
    ///
    /// - Parameters:
    ///   - traceparent: `version-traceid-spanid-flags`. Fields beyond the fourth are accepted from a version over 00.
    ///   - tracestate: Taken as it is; nil, empty, over 8,192 bytes or not printable ASCII counts as none.
    public init?(traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.utf8.trimmingASCIISpace())
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Hexadecimal.parse(bytes[0..<2]), version != 0xFF,
            let traceHigh = Hexadecimal.parse(bytes[3..<19]), let traceLow = Hexadecimal.parse(bytes[19..<35]),
            let traceID = TraceID(high: traceHigh, low: traceLow),
            let spanID = Hexadecimal.parse(bytes[36..<52]).flatMap(SpanID.init),
            let flags = Hexadecimal.parse(bytes[53..<55]),
            bytes.count == 55 || (version > 0 && bytes[55] == dash)
        else { return nil }
        let state = tracestate?.trimmingASCIISpace() ?? ""
        // It goes on as it is, so it must not hold what would end the header that it goes in.
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

    /// The `traceparent` header's value, version 00.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }
}
