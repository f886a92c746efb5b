import Testing

@testable import Traces

@Suite("Durations as text")
struct DurationTextTests {
    @Test(
        "a time has the unit that suits it",
        arguments: [
            (0, "0 ns"), (999, "999 ns"), (1_000, "1.00 µs"), (12_345, "12.3 µs"), (999_499, "999 µs"),
            (999_500, "1.00 ms"), (4_560_000, "4.56 ms"), (789_000_000, "789 ms"), (999_500_000, "1.00 s"),
            (12_300_000_000, "12.3 s"), (3_600_000_000_000, "3600 s"),
        ]
    )
    func units(_ nanoseconds: UInt64, _ expected: String) {
        #expect(DurationText.text(nanoseconds: nanoseconds) == expected)
    }

    @Test("any time has a text")
    func any() {
        #expect(DurationText.text(nanoseconds: .max).hasSuffix(" s"))
    }

    @Test(
        "a decimal has its digits",
        arguments: [(3.0, 2, "3.00"), (0.5, 2, "0.50"), (0.999, 2, "1.00"), (7.0, 0, "7")]
    )
    func decimals(_ value: Double, _ digits: Int, _ expected: String) {
        #expect(DurationText.decimal(value, digits: digits) == expected)
    }
}
