import EventMutation
import Testing
import WireText

@Suite("The bytes that encoders write into")
struct OutputBytesTests {
    @Test(
        "They are what was appended, however it comes and however small the memory is at first",
        arguments: [1, 2, 64]
    )
    func model(capacity: Int) throws {
        let seed: UInt64 = 20_261_101
        var generator = SeededGenerator(seed: seed)
        var bytes = OutputBytes(capacity: capacity)
        var expected: [UInt8] = []
        for step in 0..<2_000 {
            let piece = (0..<Int.random(in: 0...40, using: &generator)).map { _ in generator.next() as UInt8 }
            switch Int.random(in: 0..<20, using: &generator) {
            case 0:
                bytes.removeAll(keepingCapacityUpTo: Int.random(in: 0...4_096, using: &generator))
                expected = []
            case 1..<8:
                bytes.append(piece)
                expected += piece
            case 8..<14:
                piece.withUnsafeBytes { bytes.append($0) }
                expected += piece
            default:
                let byte = UInt8(truncatingIfNeeded: step)
                bytes.append(byte)
                expected.append(byte)
            }
            let (count, array) = (bytes.count, bytes.array)
            try #require(count == expected.count, "seed \(seed), step \(step)")
            try #require(array == expected, "seed \(seed), step \(step)")
        }
    }

    // MARK: Texts

    /// Escapes a text byte by byte, as defined by the JSON specification.
    private func escaped(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""): Array(#"\""#.utf8)
            case UInt8(ascii: "\\"): Array(#"\\"#.utf8)
            case UInt8(ascii: "\n"): Array(#"\n"#.utf8)
            case UInt8(ascii: "\r"): Array(#"\r"#.utf8)
            case UInt8(ascii: "\t"): Array(#"\t"#.utf8)
            case 0..<0x20, 0x7F: Array((byte < 16 ? #"\u000"# : #"\u00"#).utf8) + Array(String(byte, radix: 16).utf8)
            default: [byte]
            }
        }
    }

    private func written(_ text: String) -> [UInt8] {
        var writer = JSONWriter(into: OutputBytes(capacity: 1))
        writer.string(text)
        return writer.bytes
    }

    private func expectEscaped(_ text: [UInt8]) throws {
        let string = String(decoding: text, as: UTF8.self)
        try #require(written(string) == [0x22] + escaped(text) + [0x22], "\(text)")
    }

    /// The code under test handles eight bytes at a time, in pieces of 512.
    @Test(
        "What needs an escape gets it at every place of a text of any length, and its neighbours none",
        arguments: [0x00, 0x1F, 0x22, 0x5C, 0x7F, 0x0A] as [UInt8]
    )
    func everyPlace(byte: UInt8) throws {
        for count in Array(1...34) + [511, 512, 513, 1_024, 1_030] {
            for place in 0..<count where count < 100 || place % 8 < 2 || count - place < 10 {
                var text = [UInt8](repeating: UInt8(ascii: "!"), count: count)
                text[place] = byte
                try expectEscaped(text)
                if place + 1 < count {
                    text[place + 1] = byte
                    try expectEscaped(text)
                }
            }
        }
    }

    @Test("Every byte of ASCII is what it has to be beside every other one")
    func everyPair() throws {
        for first in UInt8(0)..<0x80 {
            for second in UInt8(0)..<0x80 { try expectEscaped([first, second]) }
        }
    }

    @Test("A long text in which every byte is escaped is whole", arguments: [511, 512, 513, 100_000])
    func allEscaped(count: Int) throws {
        try expectEscaped([UInt8](repeating: 1, count: count))
        try expectEscaped((0..<count).map { $0 % 3 == 0 ? 0x22 : 0x61 })
    }

    // MARK: Numbers

    @Test("Whole numbers have all of their digits, at each power of ten and of two")
    func decimals() throws {
        var numbers: [UInt64] = [0, .max, .max - 1]
        for exponent in 0..<64 { numbers += [1 << UInt64(exponent), (1 << UInt64(exponent)) - 1] }
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            numbers += [power - 1, power, power + 1]
        }
        for number in numbers {
            var bytes = OutputBytes()
            bytes.append(decimal: number)
            let text = bytes.array
            try #require(text == Array(String(number).utf8))
        }
        for number in [Int.min, .min + 1, -100, -10, -9, -1] {
            var writer = JSONWriter()
            writer.int(number)
            let text = writer.bytes
            try #require(text == Array(String(number).utf8))
        }
    }
}
