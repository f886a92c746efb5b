import Testing
import WireText

/// The rules of https://www.rfc-editor.org/rfc/rfc9110#section-5.
@Suite("The syntax of header fields")
struct HeaderSyntaxTests {
    @Test("A name consists of token characters, and of at least one")
    func names() {
        let tokenBytes = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in UInt8(0)..<0x80 {
            let text = String(UnicodeScalar(byte))
            #expect(HeaderSyntax.isName(text) == tokenBytes.contains(byte), "\(byte)")
            #expect(HeaderSyntax.isName("X\(text)") == tokenBytes.contains(byte), "\(byte)")
            #expect(HeaderSyntax.isName([byte][...]) == tokenBytes.contains(byte), "\(byte)")
        }
        #expect(!HeaderSyntax.isName(""))
        #expect(!HeaderSyntax.isName("é"))
    }

    @Test("A value has no control character except the tab, and may be empty or beyond ASCII")
    func values() {
        for byte in UInt8(0)..<0x80 {
            let isControl = byte < 0x20 && byte != 9 || byte == 0x7F
            #expect(HeaderSyntax.isValue("a\(UnicodeScalar(byte))b") == !isControl, "\(byte)")
        }
        #expect(HeaderSyntax.isValue(""))
        #expect(HeaderSyntax.isValue("ü€🐝"))
    }

    @Test("A status has three digits and one of the five classes")
    func statuses() {
        #expect([100, 200, 599].allSatisfy(HeaderSyntax.isStatus))
        #expect(![Int.min, -1, 0, 99, 600, Int.max].contains(where: HeaderSyntax.isStatus))
    }

    @Test("Names are equal in any ASCII case, and only in ASCII case")
    func letterCase() {
        #expect("Content-Type".equalsIgnoringCase("content-tYPE"))
        // `[` and `{`, `@` and `` ` `` differ only by the bit of a letter's case.
        for (one, other) in [("a[", "a{"), ("a@", "a`"), ("a", "ab"), ("k", "\u{212A}"), ("É", "é")] {
            #expect(!one.equalsIgnoringCase(other))
        }
    }

    @Test("White space is removed at both ends only")
    func trimming() {
        for (text, expected) in [("", ""), (" \t\r\n", ""), (" a b ", "a b"), ("a", "a"), ("\u{A0}a", "\u{A0}a")] {
            #expect(text.trimmingSpace() == expected)
            #expect(Array(Array(text.utf8)[...].trimmingSpace()) == Array(expected.utf8))
        }
    }
}
