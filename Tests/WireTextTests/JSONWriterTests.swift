import EventMutation
import FoundationEssentials
import Testing
import WireText

@Suite("The writer of JSON")
struct JSONWriterTests {
    private func written(isASCIIOnly: Bool = false, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(isASCIIOnly: isASCIIOnly)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    // MARK: Strings

    @Test("Any text is the same after it was written and read", arguments: [false, true])
    func roundTrip(isASCIIOnly: Bool) throws {
        let seed: UInt64 = 20_260_301
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<2_000 {
            let name = String.random(maximumScalars: 10, using: &generator)
            let text = String.random(maximumScalars: 40, using: &generator)
            var writer = JSONWriter(isASCIIOnly: isASCIIOnly)
            writer.object { $0.member(name, text) }
            let read = try JSONDecoder().decode([String: String].self, from: Data(writer.bytes))
            // Compares bytes, because Swift's strings are equal if they are canonically equivalent.
            try #require(read.count == 1, "seed \(seed), iteration \(iteration)")
            try #require(
                read.keys.first.map { Array($0.utf8) } == Array(name.utf8),
                "seed \(seed), iteration \(iteration)"
            )
            try #require(
                read.values.first.map { Array($0.utf8) } == Array(text.utf8),
                "seed \(seed), iteration \(iteration)"
            )
            if isASCIIOnly {
                let isPrintable = writer.bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
                try #require(isPrintable, "seed \(seed), iteration \(iteration)")
            }
        }
    }

    @Test("Every scalar below U+3000 is the same after it was written and read", arguments: [false, true])
    func everyScalar(isASCIIOnly: Bool) throws {
        var text = ""
        for code in UInt32(0)..<0x3000 { text.unicodeScalars.append(try #require(Unicode.Scalar(code))) }
        var writer = JSONWriter(isASCIIOnly: isASCIIOnly)
        writer.string(text)
        let read = try JSONDecoder().decode(String.self, from: Data(writer.bytes))
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    @Test("No control character stands as it is (RFC 8259, section 7)", arguments: [false, true])
    func controls(isASCIIOnly: Bool) throws {
        for code in UInt8(0)..<0x20 {
            var writer = JSONWriter(isASCIIOnly: isASCIIOnly)
            writer.string("a\(Unicode.Scalar(code))z")
            #expect(writer.bytes.allSatisfy { $0 >= 0x20 })
        }
    }

    @Test(
        "Escapes are the shortest that JSON has",
        arguments: [
            ("", #""""#), ("plain / text", #""plain / text""#), ("\"", #""\"""#), ("\\", #""\\""#), ("\n", #""\n""#),
            ("\r\n", #""\r\n""#), ("\t", #""\t""#), ("\u{0}", #""\u0000""#), ("\u{1F}", #""\u001f""#),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(written { $0.string(text) } == expected)
        #expect(written(isASCIIOnly: true) { $0.string(text) } == expected)
    }

    @Test("Text beyond ASCII stays as it is, or becomes UTF-16 escapes where only ASCII may go")
    func beyondASCII() {
        #expect(written { $0.string("ü🐝\u{2028}") } == "\"ü🐝\u{2028}\"")
        #expect(written(isASCIIOnly: true) { $0.string("ü🐝\u{2028}") } == #""\u00fc\ud83d\udc1d\u2028""#)
        #expect(written(isASCIIOnly: true) { $0.member("é", "x") } == #""\u00e9":"x""#)
    }

    // MARK: Numbers and other scalars

    @Test(
        "Whole numbers are written in full",
        arguments: [(0, "0"), (-1, "-1"), (.max, "9223372036854775807"), (.min, "-9223372036854775808")]
    )
    func integers(number: Int, expected: String) {
        #expect(written { $0.int(number) } == expected)
        #expect(written { $0.quotedInt(UInt64.max) } == "\"18446744073709551615\"")
    }

    @Test("Finite numbers are read back bit by bit")
    func doubles() throws {
        let seed: UInt64 = 20_260_302
        var generator = SeededGenerator(seed: seed)
        var numbers: [Double] = [
            0, 1, -1, 0.1, 1e15, 1e16, 1e17, 1e21, 1e22, 1e300, -1e-300, .pi, .leastNonzeroMagnitude,
            .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 9_007_199_254_740_992,
        ]
        numbers += (0..<2_000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        for number in numbers {
            let text = written { $0.double(number) }
            let read = try JSONDecoder().decode(Double.self, from: Data(text.utf8))
            try #require(read.bitPattern == number.bitPattern, "seed \(seed): \(text)")
        }
    }

    @Test(
        "What JSON has no number for becomes a string",
        arguments: [
            (Double.nan, "nan"), (-.nan, "nan"), (.signalingNaN, "nan"), (.infinity, "inf"), (-.infinity, "-inf"),
        ]
    )
    func notFinite(number: Double, expected: String) {
        #expect(written { $0.double(number) } == "\"\(expected)\"")
    }

    @Test("The other scalars are JSON's words")
    func words() {
        #expect(written { $0.bool(true) } == "true")
        #expect(written { $0.bool(false) } == "false")
        #expect(written { $0.null() } == "null")
    }

    // MARK: Structure

    @Test("Commas stand between members and elements, and nowhere else")
    func commas() {
        let text = written { writer in
            writer.object { object in
                object.member("a", 1)
                object.name("b")
                object.array { list in
                    list.int(1)
                    list.array { _ in }
                    list.object { _ in }
                    list.object { $0.member("c", "d") }
                    list.string("x")
                    list.raw(Array(#"{"raw":[1,2]}"#.utf8))
                    list.double(0.5)
                }
                object.name("e")
                object.null()
                object.name("f")
                object.object { _ in }
                object.name("g")
                object.raw(Array("true".utf8))
                object.name("h")
                object.bool(false)
            }
        }
        #expect(
            text == #"{"a":1,"b":[1,[],{},{"c":"d"},"x",{"raw":[1,2]},0.5],"e":null,"f":{},"g":true,"h":false}"#
        )
    }

    @Test("A writer goes on where the bytes that it is given end")
    func continues() {
        var bytes = OutputBytes()
        bytes.append(Array("prefix ".utf8))
        var writer = JSONWriter(into: bytes)
        writer.array { $0.int(1) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "prefix [1]")
    }
}
