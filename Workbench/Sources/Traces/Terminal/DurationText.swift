/// Formats durations for people.
package enum DurationText {
    /// Formats a duration in a suitable unit with three digits.
    ///
    /// - Returns: For example `640 ns`, `12.3 µs`, `4.56 ms`, `789 ms`, `12.3 s`.
    package static func text(nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1_000: "\(nanoseconds) ns"
        case ..<999_500: "\(threeDigits(nanoseconds, unit: 1_000)) µs"
        case ..<999_500_000: "\(threeDigits(nanoseconds, unit: 1_000_000)) ms"
        default: "\(threeDigits(nanoseconds, unit: 1_000_000_000)) s"
        }
    }

    private static func threeDigits(_ nanoseconds: UInt64, unit: UInt64) -> String {
        let digits = nanoseconds < 9_995 * unit / 1_000 ? 2 : nanoseconds < 99_950 * unit / 1_000 ? 1 : 0
        return decimal(Double(nanoseconds) / Double(unit), digits: digits)
    }

    /// Formats a number with a fixed count of decimal places.
    ///
    /// `value`: The number; not negative.
    /// Returns for example `3.00`.
    package static func decimal(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        guard value.isFinite, value >= 0, value < 1e12 else { return "\(value)" }
        let scaled = UInt64((value * Double(scale)).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let fraction = String(scaled % UInt64(scale))
        return "\(scaled / UInt64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension Duration {
    /// The duration in nanoseconds; 0 for a negative one.
    package var wholeNanoseconds: UInt64 {
        UInt64(clamping: components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
    }
}
