import FoundationEssentials

/// A body in an event: text as it is, anything else in base64.
struct EventBody {
    /// Content types that are text, beside those that begin with `text/`.
    private static let textTypes = [
        "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded",
        "application/graphql",
    ]

    let text: String
    let isBase64Encoded: Bool

    /// Makes a body.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - contentType: What they are; `nil` when nobody says.
    init(_ bytes: [UInt8], contentType: String?) {
        if Self.isText(contentType), let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
            self.isBase64Encoded = false
        } else {
            self.text = Data(bytes).base64EncodedString()
            self.isBase64Encoded = true
        }
    }

    private static func isText(_ contentType: String?) -> Bool {
        guard let contentType else { return true }
        let type = contentType.split(separator: ";").first.map { $0.lowercased() } ?? ""
        return type.hasPrefix("text/") || textTypes.contains(type) || type.hasSuffix("+json") || type.hasSuffix("+xml")
    }
}
