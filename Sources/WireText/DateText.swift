/// Dates and times of the Gregorian calendar in UTC as text.
package enum DateText {
    /// Returns a time by RFC 3339 with milliseconds, as in Lambda's own log lines: `2026-01-02T03:04:05.678Z`.
    package static func rfc3339(unixMilliseconds: UInt64) -> String {
        timeText(unixSeconds: Int(unixMilliseconds / 1_000)) + "." + padded(Int(unixMilliseconds % 1_000), 3) + "Z"
    }

    /// Returns a time by ISO 8601, rounded to milliseconds, which are left out if they are zero: `2026-01-02T03:04:05Z`.
    ///
    /// A year beyond 0 to 9999 has a sign and six digits or more. A time that has no such text is the number of seconds.
    package static func iso8601(unixSeconds: Double) -> String {
        guard unixSeconds.isFinite else { return unixSeconds.nonFiniteName }
        guard let milliseconds = Int(exactly: (unixSeconds * 1_000).rounded()) else {
            return "\(unixSeconds) seconds since 1970-01-01T00:00:00Z"
        }
        let (seconds, fraction) = divided(milliseconds, by: 1_000)
        return timeText(unixSeconds: seconds) + (fraction == 0 ? "" : "." + padded(fraction, 3)) + "Z"
    }

    /// Returns a time in ISO 8601's basic form, as AWS's signatures have it: `20260102T030405Z`.
    package static func basicISO8601(unixSeconds: Int) -> String {
        timeText(unixSeconds: unixSeconds).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// Returns a time in the form of access logs: `02/Jan/2026:03:04:05 +0000`.
    package static func logTime(unixSeconds: Int) -> String {
        let (days, time) = divided(unixSeconds, by: 86_400)
        let (year, month, day) = date(daysSince1970: days)
        return padded(day, 2) + "/" + months[month - 1] + "/" + padded(year, 4) + ":" + padded(time / 3_600, 2) + ":"
            + padded(time / 60 % 60, 2) + ":" + padded(time % 60, 2) + " +0000"
    }

    /// Returns a time without a fraction and a time zone: `2026-01-02T03:04:05`.
    private static func timeText(unixSeconds: Int) -> String {
        let (days, time) = divided(unixSeconds, by: 86_400)
        let (year, month, day) = date(daysSince1970: days)
        let yearText = (0...9_999).contains(year) ? padded(year, 4) : (year < 0 ? "-" : "+") + padded(abs(year), 6)
        return yearText + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(time / 3_600, 2) + ":"
            + padded(time / 60 % 60, 2) + ":" + padded(time % 60, 2)
    }

    /// Divides, rounding down, also before 1970.
    private static func divided(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Parses `Sun, 06 Nov 1994 08:49:37 GMT`, the only form of HTTP dates that senders may generate
    /// (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7).
    ///
    /// - Parameter text: The date.
    /// - Returns: The seconds since the Unix epoch; nil if the text is no such date of 1970 to 9999.
    package static func unixSeconds(ofHTTPDate text: String) -> Int? {
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

    // Years are counted from March, so that the leap day is the last day.

    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
    }

    private static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = divided(daysSince1970 + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
