import FoundationEssentials

/// The body of an event: text unchanged, binary data in base64.
struct EventBody {
    /// Content types of text besides `text/…`.
    private static let textTypes = [
        "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded",
        "application/graphql",
    ]

    let text: String
    let isBase64Encoded: Bool

    /// Creates a body.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - contentType: The content type; `nil` when unknown.
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
