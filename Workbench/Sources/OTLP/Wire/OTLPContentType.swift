/// The two encodings of an OTLP request.
package enum OTLPContentType: String, Sendable {
    /// Binary Protobuf.
    case protobuf = "application/x-protobuf"
    /// JSON, in the standard dialect or in HoneyHive's.
    case json = "application/json"

    /// Parses a header.
    ///
    /// - Parameter header: The value of `Content-Type`; parameters such as a charset are ignored.
    /// - Throws: ``CollectorError`` when it is missing or names another type.
    package init(header: String?) throws(CollectorError) {
        let name = header?.split(separator: ";").first?.trimmed.lowercased()
        guard let name, let type = OTLPContentType(rawValue: name) else {
            let sent = header.map { "Content-Type '\($0)'" } ?? "a missing Content-Type"
            throw CollectorError(.unsupported, "\(sent) is not application/x-protobuf or application/json")
        }
        self = type
    }
}

extension StringProtocol {
    /// The text without leading and trailing spaces and tabs.
    var trimmed: SubSequence {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return rest
    }
}
