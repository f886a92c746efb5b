import Testing

@testable import Bench

@Suite("What is told of many measurements")
struct SummaryTests {
    @Test(
        "The median is the middle value, or between the two in the middle",
        arguments: [([3.0], 3.0), ([1.0, 9.0], 5.0), ([9.0, 1.0, 2.0], 2.0), ([4.0, 1.0, 3.0, 2.0], 2.5)]
    )
    func median(values: [Double], median: Double) {
        #expect(Summary(values).median == median)
    }

    @Test("One value of a hundred is above the 99th percentile")
    func percentile() {
        let summary = Summary((1...100).map(Double.init))

        #expect(summary.p99 == 99)
        #expect(summary.minimum == 1)
        #expect(summary.count == 100)
    }

    @Test("Nothing measured is no number")
    func empty() {
        #expect(Summary([]).median.isNaN)
    }

    @Test(
        "Numbers keep three digits, and thousands are set apart",
        arguments: [(0.04251, "0.043"), (1.8, "1.80"), (12.34, "12.3"), (142, "142"), (1_674_916, "1,674,916")]
    )
    func numbers(value: Double, text: String) {
        #expect(Number.text(value) == text)
    }
}
