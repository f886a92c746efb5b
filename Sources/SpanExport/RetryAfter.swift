/// The `Retry-After` header (RFC 9110, section 10.2.3).
enum RetryAfter {
    /// The maximum delay, in seconds; longer delays are reduced to it.
    static let maximumSeconds = 3_600

    /// Parses the header's value.
    ///
    /// - Parameters:
    ///   - text: The header's value.
    ///   - unixSeconds: The current time in seconds since the Unix epoch.
    /// - Returns: The delay; nil if the text is neither a number of seconds nor an HTTP date.
    static func parse(_ text: String, unixSeconds: Int) -> Duration? {
        let text = text.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            return .seconds(min(Int(text) ?? maximumSeconds, maximumSeconds))
        }
        guard let date = unixSecondsOfHTTPDate(text) else { return nil }
        return .seconds(min(max(0, date - unixSeconds), maximumSeconds))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Parses `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that senders may generate.
    private static func unixSecondsOfHTTPDate(_ text: Substring) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT",
            let day = Int(parts[1]), let year = Int(parts[3]), let month = months.firstIndex(of: String(parts[2])),
            (1...31).contains(day), (1_970...9_999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        // A leap second has the number 60.
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        return daysSince1970(year: year, month: month + 1, day: day) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
    }

    /// Returns the days of the Gregorian calendar, counting years from March, so that the leap day is the last day.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
    }
}
