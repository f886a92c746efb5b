/// The `X-Amzn-Trace-Id` header (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader):
/// the place in X-Ray's own trace.
///
/// X-Ray's spans are exported to X-Ray alone, so they are never the parents of spans here.
public struct XRayTraceHeader: Sendable, Hashable, CustomStringConvertible {
    /// The trace's id, as in `1-5759e988-bd862e3fe1be46a994272793`.
    public let root: String
    /// The calling segment's id, 16 hexadecimal digits, or nil.
    public let parent: String?
    /// Whether X-Ray records the trace; nil when that is still to be decided.
    public let isSampled: Bool?
    /// Lambda's own mark against endless loops, or nil.
    public let lineage: String?

    /// Longest header that is read, in bytes; Lambda's own have under 200.
    package static let maximumBytes = 1_024

    /// Reads the header's value.
    ///
    /// Nil without a `Root` of X-Ray's form, and for a text over 1,024 bytes. Other fields that are malformed count as absent,
    /// and unknown ones are passed over; of a field that stands twice the first counts.
    ///
    /// - Parameter text: `Root=…;Parent=…;Sampled=…;Lineage=…`, the fields in any order.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        var fields: [Substring: String] = [:]
        for field in text.split(separator: ";") {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let name = pair[0].trimmingASCIISpace()
            if fields[name[...]] == nil { fields[name[...]] = pair[1].trimmingASCIISpace() }
        }
        guard let root = fields["Root"], Self.isTraceID(root) else { return nil }
        self.root = root
        parent = fields["Parent"].flatMap { Self.isHexadecimal($0, count: 16) ? $0 : nil }
        isSampled = fields["Sampled"].flatMap { $0 == "1" ? true : $0 == "0" ? false : nil }
        lineage = fields["Lineage"].flatMap { Self.isLineage($0) ? $0 : nil }
    }

    /// The header's value, made anew from the fields: nothing else that came with them goes on.
    public var description: String {
        var text = "Root=\(root)"
        if let parent { text += ";Parent=\(parent)" }
        if let isSampled { text += ";Sampled=\(isSampled ? "1" : "0")" }
        if let lineage { text += ";Lineage=\(lineage)" }
        return text
    }

    /// `1-`, the time in 8 hexadecimal digits, and 24 more of them.
    private static func isTraceID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "1" && isHexadecimal(parts[1], count: 8)
            && isHexadecimal(parts[2], count: 24)
    }

    private static func isHexadecimal(_ text: some StringProtocol, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
                default: false
                }
            }
    }

    /// Such as `1:a87bd80c:1`, one or several of them; nothing that could end a header.
    private static func isLineage(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
