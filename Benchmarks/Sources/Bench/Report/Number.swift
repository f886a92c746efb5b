import Foundation

/// Formats numbers for reading.
enum Number {
    /// Returns the number with three significant digits, or with all digits before the decimal point.
    static func text(_ value: Double) -> String {
        switch abs(value) {
        case ..<1: text(value, places: 3)
        case ..<10: text(value, places: 2)
        case ..<100: text(value, places: 1)
        default: text(value, places: 0)
        }
    }

    static func text(_ value: Double, places: Int) -> String {
        var digits = Array(String(format: "%.\(places)f", value))
        var place = digits.count - 3 - (places > 0 ? places + 1 : 0)
        while place > (value < 0 ? 1 : 0) {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }
}
