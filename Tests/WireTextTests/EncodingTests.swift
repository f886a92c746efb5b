import EventMutation
import FoundationEssentials
import Testing
import WireText

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("Only the unreserved characters of RFC 3986 stay as they are, and digits are in upper case")
    func unreserved() {
        let kept = "ABCXYZabcxyz0189-._~"
        #expect(PercentEncoding.encode(kept) == kept)
        #expect(PercentEncoding.encode("a b/ü+%") == "a%20b%2F%C3%BC%2B%25")
        for byte in UInt8(0)..<0x80 where !PercentEncoding.isUnreserved(byte) {
            let text = String(UnicodeScalar(byte))
            #expect(PercentEncoding.encode(text).count == 3, "\(byte)")
        }
    }

    @Test("Any text is the same after it was encoded and decoded", arguments: [false, true])
    func roundTrip(decodesPlus: Bool) throws {
        let seed: UInt64 = 20_261_132
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<2_000 {
            let text = String.random(maximumScalars: 40, using: &generator)
            let encoded = PercentEncoding.encode(text)
            try #require(encoded.utf8.allSatisfy { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "%") })
            let decoded = PercentEncoding.decode(Array(encoded.utf8)[...], decodesPlus: decodesPlus)
            try #require(Array(decoded.utf8) == Array(text.utf8), "seed \(seed), iteration \(iteration)")
        }
    }

    @Test(
        "A percent sign without two digits stays, a plus is a space only in a query, and what is no UTF-8 is replaced",
        arguments: [
            ("%", "%", "%"), ("%4", "%4", "%4"), ("%zz%41", "%zzA", "%zzA"), ("%c3%BC", "ü", "ü"),
            ("a+b", "a+b", "a b"),
            ("%2B", "+", "+"), ("%2541", "%41", "%41"), ("%FF", "\u{FFFD}", "\u{FFFD}"), ("", "", ""),
        ]
    )
    func decoding(encoded: String, plain: String, query: String) {
        #expect(PercentEncoding.decode(Array(encoded.utf8)[...], decodesPlus: false) == plain)
        #expect(PercentEncoding.decode(Array(encoded.utf8)[...], decodesPlus: true) == query)
    }
}

@Suite("Base64")
struct Base64Tests {
    @Test(
        "The test vectors of RFC 4648, section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(text: String, base64: String) {
        #expect(Base64.encode(Array(text.utf8)) == base64)
        #expect(Base64.decode(base64) == Array(text.utf8))
    }

    @Test("It agrees with Foundation on bytes of any length")
    func foundation() throws {
        let seed: UInt64 = 20_261_133
        var generator = SeededGenerator(seed: seed)
        for count in Array(0...70) + [255, 256, 257, 10_000] {
            let bytes = (0..<count).map { _ in generator.next() as UInt8 }
            let text = Base64.encode(bytes)
            try #require(text == Data(bytes).base64EncodedString(), "seed \(seed), count \(count)")
            try #require(Base64.decode(text) == bytes, "seed \(seed), count \(count)")
        }
    }

    @Test(
        "Text of another alphabet or length, or with padding elsewhere, is refused",
        arguments: ["Z", "Zg", "Zg=", "Zg===", "=", "====", "Zg=a", "Z===", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "Zmü"]
    )
    func invalid(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Padding is optional where the destination is given", arguments: ["Zg", "Zg==", "Zm8", "Zm8="])
    func withoutPadding(_ text: String) {
        let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Base64.maximumDecodedCount(text.utf8.count))
        defer { output.deallocate() }
        let count = Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0, into: output) }
        #expect(count.map { Array(output[..<$0]) } == Array((text.hasPrefix("Zg") ? "f" : "fo").utf8))
    }
}

@Suite("Hexadecimal digits")
struct HexadecimalTests {
    @Test(
        "A number has 16 digits in lower case, which are read back",
        arguments: [0, 1, 0xA0, 0x0123_4567_89AB_CDEF, .max]
    )
    func roundTrip(_ value: UInt64) {
        let text = Hexadecimal.string(value)
        #expect(text.utf8.count == 16 && UInt64(text, radix: 16) == value && text == text.lowercased())
        #expect(Hexadecimal.parse(Array(text.utf8)[...]) == value)
    }

    @Test(
        "Upper case, other characters and more than 16 digits are no number",
        arguments: ["", "A", "g", "0x1", "-1", " 1", "00000000000000001"]
    )
    func invalid(_ text: String) {
        #expect(Hexadecimal.parse(Array(text.utf8)[...]) == nil)
    }

    @Test("A digit's value is that of the standard library, in either case")
    func digits() {
        for byte in UInt8.min...UInt8.max {
            let expected = byte < 0x80 ? UInt8(String(UnicodeScalar(byte)), radix: 16) : nil
            #expect(Hexadecimal.value(of: byte) == expected, "\(byte)")
        }
    }
}
