/// Syntax of HTTP header fields (https://www.rfc-editor.org/rfc/rfc9110#section-5).
///
/// A field that violates it could inject another field, so each field is checked before it is sent or passed on.
package enum HeaderSyntax {
    /// Returns true for a field's name: a token, which is one or more letters, digits or some punctuation.
    package static func isName(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(isNameByte) }

    package static func isName(_ name: ArraySlice<UInt8>) -> Bool { !name.isEmpty && name.allSatisfy(isNameByte) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: byte.isLetterOrDigit
        }
    }

    /// Returns true for a field's value: visible characters, spaces, tabs and bytes over 0x7F.
    package static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
    }

    /// Returns true for a final or interim status, 100 to 599.
    package static func isStatus(_ status: Int) -> Bool { (100...599).contains(status) }
}
