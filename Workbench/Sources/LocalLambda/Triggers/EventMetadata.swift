package import FoundationEssentials

/// The time and the id of an event, which the workbench supplies.
package struct EventMetadata: Sendable, Hashable {
    /// The account id of all events of the workbench; no real account has it.
    package static let account = "000000000000"

    /// The event's time.
    package let date: Date
    /// The event's id.
    package let id: String

    /// Creates the values of an event.
    ///
    /// - Parameters:
    ///   - date: The event's time.
    ///   - id: The event's id.
    package init(date: Date, id: String) {
        self.date = date
        self.id = id
    }

    /// Milliseconds since 1970.
    var epochMilliseconds: Int64 { Int64((date.timeIntervalSince1970 * 1_000).rounded(.down)) }

    /// The time in the format of gateway logs: `12/Mar/2020:19:03:58 +0000`.
    var logTime: String {
        let fields = Calendar.gregorianUTC.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let number = min(max(fields.month ?? 1, 1), 12)
        func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
        let clock = [fields.hour, fields.minute, fields.second].map(two).joined(separator: ":")
        return "\(two(fields.day))/\(months[number - 1])/\(fields.year ?? 1_970):\(clock) +0000"
    }

    /// The time in ISO 8601.
    var isoTime: String { date.formatted(.iso8601) }
}

extension Calendar {
    fileprivate static var gregorianUTC: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
