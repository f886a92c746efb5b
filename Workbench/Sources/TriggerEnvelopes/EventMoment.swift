package import FoundationEssentials

/// The moment and the ids of an event: all that is not the caller's.
package struct EventMoment: Sendable, Hashable {
    /// The account of every event that is made here; it does not exist.
    package static let account = "000000000000"

    /// When.
    package let date: Date
    /// An id for the event.
    package let id: String

    /// Makes a moment.
    ///
    /// - Parameters:
    ///   - date: When.
    ///   - id: An id for the event.
    package init(date: Date, id: String) {
        self.date = date
        self.id = id
    }

    /// Milliseconds since 1970.
    var epochMilliseconds: Int64 { Int64((date.timeIntervalSince1970 * 1_000).rounded(.down)) }

    /// The time as gateways log it: `12/Mar/2020:19:03:58 +0000`.
    var logTime: String {
        let fields = Calendar.gregorianUTC.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let number = min(max(fields.month ?? 1, 1), 12)
        func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
        let clock = [fields.hour, fields.minute, fields.second].map(two).joined(separator: ":")
        return "\(two(fields.day))/\(months[number - 1])/\(fields.year ?? 1_970):\(clock) +0000"
    }

    /// The time as ISO 8601 has it.
    var isoTime: String { date.formatted(.iso8601) }
}

extension Calendar {
    fileprivate static var gregorianUTC: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
