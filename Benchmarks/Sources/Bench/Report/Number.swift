import Foundation

/// Numbers as people read them.
enum Number {
    /// Three significant digits, and all that stand before the point.
    static func text(_ value: Double) -> String {
        switch abs(value) {
        case ..<1: String(format: "%.3f", value)
        case ..<10: String(format: "%.2f", value)
        case ..<100: String(format: "%.1f", value)
        default: grouped(value)
        }
    }

    private static func grouped(_ value: Double) -> String {
        var digits = Array(String(format: "%.0f", value))
        var place = digits.count - 3
        while place > (value < 0 ? 1 : 0) {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }
}
