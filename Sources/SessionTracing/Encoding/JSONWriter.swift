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

    package mutating func int(_ value: some BinaryInteger) {
        separate()
        appendDecimal(value)
    }

    /// Writes a whole number as a string, as OTLP wants those of 64 bits.
    mutating func quotedInt(_ value: some BinaryInteger) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendDecimal(value)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes an id's parts as one string in hexadecimal.
    mutating func hexadecimal(_ parts: UInt64...) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for part in parts { Hexadecimal.append(part, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

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

    /// Copies the runs between the bytes that need an escape: most texts have none.
    private mutating func appendEscaping(_ text: UnsafeBufferPointer<UInt8>) {
        var rest = text
        while true {
            let end = Self.firstEscape(in: UnsafeRawBufferPointer(rest))
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<end]))
            guard end < rest.count else { return }
            appendEscaped(UInt16(rest[end]))
            rest = UnsafeBufferPointer(rebasing: rest[(end + 1)...])
        }
    }

    /// The place of the first byte that needs an escape, or the end; looked for in eight bytes at a time.
    private static func firstEscape(in text: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index <= text.count - 8 {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found =
                lowBytes(of: word, below: 0x20) | bytes(UInt8(ascii: "\""), in: word)
                | bytes(UInt8(ascii: "\\"), in: word) | bytes(0x7F, in: word)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < text.count, !needsEscape(text[index]) { index += 1 }
        return index
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Sets the highest bit of the first byte that is less; perhaps of higher ones, too, which are not to be looked at.
    private static func lowBytes(of word: UInt64, below limit: UInt8) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word & (ones &* 0x80)
    }

    /// Sets the highest bit of the first byte that is equal; perhaps of higher ones, too.
    private static func bytes(_ byte: UInt8, in word: UInt64) -> UInt64 {
        lowBytes(of: word ^ (ones &* UInt64(byte)), below: 1)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func appendDecimal(_ value: some BinaryInteger) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = UInt64(value.magnitude)
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
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
