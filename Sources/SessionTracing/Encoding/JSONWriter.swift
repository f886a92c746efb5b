/// Writes JSON text (RFC 8259) into bytes; the one place where this project makes any.
///
/// Commas come by themselves. Strings are always valid: Swift's have no lone surrogates, and everything that JSON wants
/// escaped is.
package struct JSONWriter {
    package private(set) var bytes: [UInt8]
    private var needsComma = false
    /// Writes everything over 0x7E as `\uXXXX`, as an HTTP header needs.
    private let isASCIIOnly: Bool

    package init(into bytes: [UInt8] = [], isASCIIOnly: Bool = false) {
        self.bytes = bytes
        self.isASCIIOnly = isASCIIOnly
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        nest(open: UInt8(ascii: "{"), close: UInt8(ascii: "}"), members)
    }

    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        nest(open: UInt8(ascii: "["), close: UInt8(ascii: "]"), elements)
    }

    /// Writes a member's name; a value must follow.
    package mutating func name(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ value: String) {
        separate()
        appendQuoted(value)
    }

    package mutating func int(_ value: some BinaryInteger) { literal(String(value)) }

    package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func null() { literal("null") }

    /// JSON has no NaN and no infinity; they become the strings `nan`, `inf` and `-inf`.
    package mutating func double(_ value: Double) {
        if value.isFinite { literal("\(value)") } else { string(value.nonFiniteName) }
    }

    /// Splices in text that is JSON already.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    package mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: String, _ value: some BinaryInteger) {
        self.name(name)
        int(value)
    }

    private mutating func nest(open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if isASCIIOnly {
            for unit in text.utf16 { appendEscaped(unit) }
        } else {
            var text = text
            text.withUTF8 { appendEscaping($0) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Copies the runs between the bytes that need an escape.
    private mutating func appendEscaping(_ text: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        for (index, byte) in text.enumerated() where Self.needsEscape(byte) {
            bytes.append(contentsOf: text[runStart..<index])
            appendEscaped(UInt16(byte))
            runStart = index + 1
        }
        bytes.append(contentsOf: text[runStart...])
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func appendEscaped(_ unit: UInt16) {
        switch unit {
        case 0x22: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
        case 0x5C: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
        case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0x20..<0x7F: bytes.append(UInt8(unit))
        default:
            bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
            for shift in stride(from: UInt16(12), through: 0, by: -4) {
                let digit = UInt8(unit >> shift & 0xF)
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}

extension Double {
    /// The names that HoneyHive's clients give to what JSON cannot hold.
    var nonFiniteName: String { isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
}
