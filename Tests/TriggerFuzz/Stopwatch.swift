import Foundation

enum Stopwatch {
    /// Returns the shortest of several runs, in nanoseconds.
    static func best(of count: Int, _ body: () -> Void) -> Int64 {
        (0..<count).map { _ in
            let duration = ContinuousClock().measure(body)
            return duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
        }.min() ?? 0
    }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Double {
    func rounded(toPlaces places: Int) -> String { String(format: "%.\(places)f", self) }
}
