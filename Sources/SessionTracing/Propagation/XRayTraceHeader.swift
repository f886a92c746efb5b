internal import WireText

/// The `X-Amzn-Trace-Id` header
/// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader) with the
/// invocation's X-Ray trace.
///
/// X-Ray's spans are exported to X-Ray only, so they are never parents of the spans of this framework.
public struct XRayTraceHeader: Sendable, Hashable, CustomStringConvertible {
    /// The trace's id, as in `1-5759e988-bd862e3fe1be46a994272793`.
    public let root: String
    /// The calling segment's id, 16 hexadecimal digits, or nil.
    public let parent: String?
    /// True if X-Ray records the trace; nil if that is undecided.
    public let isSampled: Bool?
    /// The value of Lambda's detection of recursive loops, or nil.
    public let lineage: String?

    /// The maximum length of a header, in bytes; Lambda's own headers have under 200.
    package static let maximumBytes = 1_024

    /// Parses the header's value.
    ///
    /// Nil if there is no valid `Root` or the text is over 1,024 bytes. Other invalid fields count as absent, unknown
    /// fields are ignored, and of repeated fields the first is used.
    ///
    /// - Parameter text: `Root=…;Parent=…;Sampled=…;Lineage=…`, the fields in any order.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        var (root, parent, sampled, lineage): (Field, Field, Field, Field) = (nil, nil, nil, nil)
        for field in Array(text.utf8).split(separator: UInt8(ascii: ";")) {
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = field[(equals + 1)...].trimmingSpace()
            let name = field[..<equals].trimmingSpace()
            if name.elementsEqual("Root".utf8) {
                root = root ?? value
            } else if name.elementsEqual("Parent".utf8) {
                parent = parent ?? value
            } else if name.elementsEqual("Sampled".utf8) {
                sampled = sampled ?? value
            } else if name.elementsEqual("Lineage".utf8) {
                lineage = lineage ?? value
            }
        }
        guard let root, Self.isTraceID(root) else { return nil }
        self.root = String(decoding: root, as: UTF8.self)
        self.parent = Self.text(parent, if: { Self.isHexadecimal($0, count: 16) })
        isSampled = sampled.flatMap { $0.elementsEqual("1".utf8) ? true : $0.elementsEqual("0".utf8) ? false : nil }
        self.lineage = Self.text(lineage, if: Self.isLineage)
    }

    private typealias Field = ArraySlice<UInt8>?

    private static func text(_ field: Field, if isValid: (ArraySlice<UInt8>) -> Bool) -> String? {
        field.flatMap { isValid($0) ? String(decoding: $0, as: UTF8.self) : nil }
    }

    /// The calling segment in the ids of OpenTelemetry; nil without ``parent``.
    ///
    /// A trace's id is the digits of ``root``
    /// (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids).
    package var traceContext: TraceContext? {
        let digits = root.utf8.dropFirst(2).filter { $0 != UInt8(ascii: "-") }.map(\.lowercased)
        guard digits.count == 32, let high = Hexadecimal.parse(digits[..<16]),
            let low = Hexadecimal.parse(digits[16...]),
            let trace = TraceID(high: high, low: low), let span = parent.flatMap({ SpanID($0.lowercased()) })
        else { return nil }
        return TraceContext(traceID: trace, spanID: span, isSampled: isSampled == true)
    }

    /// The header's value, formatted from the parsed fields only.
    public var description: String {
        var text = "Root=\(root)"
        if let parent { text += ";Parent=\(parent)" }
        if let isSampled { text += ";Sampled=\(isSampled ? "1" : "0")" }
        if let lineage { text += ";Lineage=\(lineage)" }
        return text
    }

    /// Returns true for `1-`, the time in 8 hexadecimal digits, a dash, and 24 more digits.
    private static func isTraceID(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 35 && text.starts(with: "1-".utf8) && isHexadecimal(text.dropFirst(2).prefix(8), count: 8)
            && text.dropFirst(10).first == UInt8(ascii: "-") && isHexadecimal(text.suffix(24), count: 24)
    }

    private static func isHexadecimal(_ text: ArraySlice<UInt8>, count: Int) -> Bool {
        text.count == count && text.allSatisfy { Hexadecimal.value(of: $0) != nil }
    }

    /// Returns true for one or more values such as `1:a87bd80c:1`, without characters that could inject a header.
    private static func isLineage(_ text: ArraySlice<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetterOrDigit || ":|,-".utf8.contains($0) }
    }
}
