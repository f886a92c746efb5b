/// The `Retry-After` header (RFC 9110, section 10.2.3).
package enum RetryAfter {
    /// The maximum delay, in seconds; longer delays are reduced to it.
    package static let maximumSeconds = 3_600

    /// Parses the header's value.
    ///
    /// - Parameters:
    ///   - text: The header's value.
    ///   - unixSeconds: The current time in seconds since the Unix epoch.
    /// - Returns: The delay; nil if the text is neither a number of seconds nor an HTTP date.
    package static func parse(_ text: String, unixSeconds: Int) -> Duration? {
        let text = text.trimmingSpace()
        if !text.isEmpty, text.utf8.allSatisfy(\.isDigit) {
            return .seconds(min(Int(text) ?? maximumSeconds, maximumSeconds))
        }
        guard let date = DateText.unixSeconds(ofHTTPDate: text) else { return nil }
        return .seconds(min(max(0, date - unixSeconds), maximumSeconds))
    }
}
