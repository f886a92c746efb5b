internal import WireText

/// A caller's span as propagated by W3C Trace Context, level 2 (https://www.w3.org/TR/trace-context-2/).
public struct TraceContext: Sendable, Hashable {
    /// The id of the trace.
    public let traceID: TraceID
    /// The id of the caller's span, the parent of spans started here.
    public let spanID: SpanID
    /// True if the caller records its spans.
    public let isSampled: Bool
    /// The flag bits of the trace besides the lowest one, which says if spans are recorded.
    ///
    /// They are handed on. Level 2 requires it of the second bit, which marks random trace ids
    /// (https://www.w3.org/TR/trace-context-2/#random-trace-id-flag). For bits without a definition it asks for zero;
    /// they are handed on too, so that a flag of a later level reaches the services that know it.
    package let otherFlags: UInt8
    /// Vendor-specific data, forwarded in its order; nil if there is none.
    public let traceState: String?

    /// The maximum length of a `tracestate` that is forwarded, in bytes; the specification requires at least 512.
    package static let maximumTraceStateBytes = 8_192

    package init(
        traceID: TraceID,
        spanID: SpanID,
        isSampled: Bool,
        otherFlags: UInt8 = 0,
        traceState: String? = nil
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.otherFlags = otherFlags & ~Self.sampledFlag
        self.traceState = traceState
    }

    /// Parses the two headers.
    ///
    /// Nil if `traceparent` violates the specification; a new trace is then started.
    ///
    /// - Parameters:
    ///   - traceparent: `version-traceid-spanid-flags`. Versions above 00 may have further fields. Two values, joined by
    ///     a comma, violate the specification.
    ///   - tracestate: The `tracestate` value. It is ignored if it is empty or violates the specification, for example
    ///     by more than 32 members. Over 8,192 bytes, members are left out.
    public init?(traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.trimmingSpace().utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Hexadecimal.parse(bytes[0..<2]), version != 0xFF,
            let traceHigh = Hexadecimal.parse(bytes[3..<19]), let traceLow = Hexadecimal.parse(bytes[19..<35]),
            let traceID = TraceID(high: traceHigh, low: traceLow),
            let spanID = Hexadecimal.parse(bytes[36..<52]).flatMap(SpanID.init),
            let flags = Hexadecimal.parse(bytes[53..<55]),
            bytes.count == 55 || (version > 0 && bytes[55] == dash && !bytes.contains(UInt8(ascii: ",")))
        else { return nil }
        self.init(
            traceID: traceID,
            spanID: spanID,
            isSampled: flags & 1 == 1,
            // Another version may give its other bits another meaning.
            otherFlags: version == 0 ? UInt8(truncatingIfNeeded: flags) : 0,
            traceState: tracestate.flatMap {
                TraceState.forwarded($0, maximumBytes: Self.maximumTraceStateBytes)
            }
        )
    }

    private static let sampledFlag: UInt8 = 1

    /// The value of the `traceparent` header, version 00.
    public var traceparent: String {
        let flags = otherFlags | (isSampled ? Self.sampledFlag : 0)
        return "00-\(traceID)-\(spanID)-\(Hexadecimal.string(UInt64(flags)).suffix(2))"
    }
}
