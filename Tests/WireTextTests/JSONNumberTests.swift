import EventMutation
import Testing
import WireText

@Suite("Numbers of JSON text")
struct JSONNumberTests {
    @Test(
        "A number without a point and an exponent is an integer, or its text if it is too large",
        arguments: [
            ("0", .int(0)), ("-0", .int(0)), ("7", .int(7)), ("-12", .int(-12)),
            ("9007199254740993", .int(9_007_199_254_740_993)),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .decimal("9223372036854775808")),
            ("-9223372036854775809", .decimal("-9223372036854775809")),
            ("18446744073709551616", .decimal("18446744073709551616")),
            ("100000000000000000000000000000000000000000", .decimal("100000000000000000000000000000000000000000")),
        ] as [(String, JSONNumber)]
    )
    func integers(text: String, expected: JSONNumber) {
        #expect(number(text) == expected)
    }

    @Test(
        "A number with a point or an exponent is a double, also a whole one",
        arguments: [
            ("1.0", 1), ("-1.0", -1), ("0.0", 0), ("-0.0", 0), ("0e5", 0), ("0e-99999999999999999999", 0),
            ("1e3", 1_000),
            ("1E3", 1_000), ("1e+3", 1_000), ("25e-1", 2.5), ("1.500", 1.5), ("9007199254740992.0", 0x1p53),
            ("0.1", 0.1), ("1e23", 1e23), ("5e-324", .leastNonzeroMagnitude), ("4.9E-324", .leastNonzeroMagnitude),
            ("4.9406564584124654e-324", .leastNonzeroMagnitude),
            ("1.7976931348623157e308", .greatestFiniteMagnitude), ("100000000000000000000.0", 1e20),
            // As many digits as some languages write for each double, and a double's exact value.
            ("0.10000000000000001", 0.1), ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
            ("0.30000000000000004", 0.1 + 0.2), ("5.960464477539063e-08", 0x1p-24),
            ("1.00000000000000000000000000", 1),
        ] as [(String, Double)]
    )
    func doubles(text: String, expected: Double) {
        #expect(number(text) == .double(expected))
    }

    @Test("A zero with a sign and a point keeps its sign")
    func negativeZero() {
        guard case .double(let zero) = number("-0.0") else { return #expect(Bool(false)) }
        #expect(zero.sign == .minus)
    }

    @Test(
        "A number that a double does not hold as it is written is its text",
        arguments: [
            "1e309", "-1e400", "1E400", "1e-400", "1e99999999999999999999", "1e-99999999999999999999",
            "9007199254740993.0",
            "9007199254740993e0", "3.14159265358979323846", "0.1234567890123456789", "0.12345678901234567",
            "123456789012345678.5", "1.7976931348623159e308", "2.4e-324", "5.5e-324",
            "0." + String(repeating: "123", count: 400),
        ]
    )
    func decimals(text: String) {
        #expect(number(text) == .decimal(text))
    }

    @Test(
        "What the grammar of numbers does not allow is no number",
        arguments: [
            "", "-", "+1", "01", "-01", "00", ".5", "1.", "1.e3", "1e", "1e+", "1e1.5", "0x10", "1_000", "1 ", " 1",
            "NaN",
            "Infinity", "-inf", "1,5", "1f", "１", "--1", "1e--1", "1.2.3",
        ]
    )
    func malformed(text: String) {
        #expect(number(text) == nil)
    }

    @Test("Any double is held as its shortest digits, powers of two as well")
    func written() throws {
        let seed: UInt64 = 20_261_201
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<2_000 {
            let double = Double(bitPattern: generator.next() as UInt64)
            guard double.isFinite else { continue }
            let exponent = Int.random(in: -1_000...1_000, using: &generator)
            for value in [double, Double(sign: .plus, exponent: exponent, significand: 1)] {
                let text = value.description
                try #require(number(text) == .double(value), "seed \(seed), iteration \(iteration): \(text)")
            }
        }
    }

    private func number(_ text: String) -> JSONNumber? {
        Array(text.utf8).withUnsafeBufferPointer { JSONNumber($0) }
    }
}
