internal import WireText

/// Decides at the end of an invocation, by its outcome, whether its spans are kept.
///
/// A sampler decides at the start, when the outcome is not known. An invocation is kept if any of the rules matches.
package struct KeepPolicy: Sendable, Equatable, CustomStringConvertible {
    package enum Rule: Sendable, Equatable {
        /// Keeps an invocation with a span that has failed.
        case errors
        /// Keeps an invocation that took at least this time.
        case slow(Duration)
        /// Keeps a share of traces, 0 to 1: the same traces in every service that uses this algorithm.
        case ratio(Double)
    }

    private let rules: [Rule]
    /// The rules as they were set.
    package let description: String

    /// Parses a list such as `errors,slow:500ms,ratio:0.1`; nil if it is empty or one of its members is invalid.
    package init?(_ text: String) {
        var rules: [Rule] = []
        for member in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let rule = Self.rule(String(member).trimmingSpace().lowercased()) else { return nil }
            rules.append(rule)
        }
        self.rules = rules
        description = text
    }

    private static func rule(_ text: String) -> Rule? {
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0).trimmingSpace() }
        switch (parts.first, parts.dropFirst().first) {
        case ("errors", nil): return .errors
        case ("slow", let time?): return duration(time).map { .slow($0) }
        case ("ratio", let share?): return Double(share).flatMap { (0...1).contains($0) ? .ratio($0) : nil }
        default: return nil
        }
    }

    private static func duration(_ text: String) -> Duration? {
        let (number, unit): (Substring, Duration) =
            text.hasSuffix("ms") ? (text.dropLast(2), .milliseconds(1)) : (text.dropLast(), .seconds(1))
        guard text.hasSuffix("s"), let count = Double(number),
            (0...maximumSeconds).contains(count * (unit / .seconds(1)))
        else { return nil }
        return unit * count
    }

    /// The maximum time of a rule, in seconds: Lambda's own timeout is shorter.
    private static let maximumSeconds = 86_400.0

    /// Returns true if the spans of an invocation are kept.
    ///
    /// - Parameters:
    ///   - traceID: The id of its trace.
    ///   - duration: The time that it took.
    ///   - hasFailedSpan: True if one of its spans has failed.
    /// - Returns: True if any of the rules matches.
    package func keeps(_ traceID: TraceID, duration: Duration, hasFailedSpan: Bool) -> Bool {
        rules.contains { rule in
            switch rule {
            case .errors: hasFailedSpan
            case .slow(let minimum): duration >= minimum
            case .ratio(let share): Sampler.traceIDRatio(share).samples(traceID, parent: nil)
            }
        }
    }
}
