/// Writes JSON text (https://www.rfc-editor.org/rfc/rfc8259) into a byte buffer.
///
/// Inserts commas automatically. Strings are always valid: Swift strings contain no lone surrogates, and all characters
/// that JSON requires to be escaped are escaped.
package struct JSONWriter: ~Copyable {
    private var output: OutputBytes
    private var needsComma = false
    /// True to write all characters over 0x7E as `\uXXXX`, for an HTTP header.
    private let isASCIIOnly: Bool

    /// - Parameters:
    ///   - output: The buffer to append to.
    ///   - isASCIIOnly: True to write all characters over 0x7E as `\uXXXX`.
    package init(into output: consuming OutputBytes = OutputBytes(), isASCIIOnly: Bool = false) {
        self.output = output
        self.isASCIIOnly = isASCIIOnly
    }

    /// A copy of the bytes written so far.
    package var bytes: [UInt8] { output.array }

    /// Ends the writing and returns the buffer.
    package consuming func finish() -> OutputBytes { output }

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
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member's name that consists of ASCII letters and needs no escaping; a value must follow.
    package mutating func name(literal name: StaticString) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(name)
        output.append("\":")
        needsComma = false
    }

    package mutating func string(_ value: String) {
        separate()
        appendQuoted(value)
    }

    package mutating func int(_ value: Int) {
        separate()
        output.append(decimal: value)
    }

    /// Writes an integer as a string, as OTLP/JSON requires for 64-bit integers.
    package mutating func quotedInt(_ value: Int) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(decimal: value)
        output.append(UInt8(ascii: "\""))
    }

    /// Writes an integer as a string, as OTLP/JSON requires for 64-bit integers.
    package mutating func quotedInt(_ value: UInt64) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(decimal: value)
        output.append(UInt8(ascii: "\""))
    }

    /// Writes a string of 16 lower-case hexadecimal digits, or of 32 for a number of 128 bits.
    package mutating func hexadecimal(high: UInt64? = nil, _ low: UInt64) {
        separate()
        output.append(UInt8(ascii: "\""))
        if let high { output.append(hexadecimal: high) }
        output.append(hexadecimal: low)
        output.append(UInt8(ascii: "\""))
    }

    package mutating func bool(_ value: Bool) {
        separate()
        if value { output.append("true") } else { output.append("false") }
    }

    package mutating func null() {
        separate()
        output.append("null")
    }

    /// Writes a number.
    ///
    /// JSON has no NaN and no infinity; they become the strings `nan`, `inf` and `-inf`.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return string(value.nonFiniteName) }
        separate()
        output.append(utf8Of: value.description)
    }

    /// Inserts text that is already JSON.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        output.append(json)
    }

    package mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        int(value)
    }

    package mutating func member(literal name: StaticString, _ value: String) {
        self.name(literal: name)
        string(value)
    }

    package mutating func member(literal name: StaticString, _ value: Int) {
        self.name(literal: name)
        int(value)
    }

    // MARK: Fixed JSON around a value

    /// Writes the fixed JSON that starts an element or member, up to the position of its value.
    package mutating func open(_ json: StaticString) {
        separate()
        output.append(json)
        needsComma = false
    }

    /// Writes the fixed JSON that starts an element or member and contains a string, up to the position of its value.
    ///
    /// - Parameters:
    ///   - head: The JSON up to and including the string's opening quote.
    ///   - literal: The start of the string, which needs no escaping.
    ///   - text: The rest of the string, which is escaped.
    ///   - tail: The JSON from the string's closing quote to the position of the value.
    package mutating func open(_ head: StaticString, literal: StaticString = "", _ text: String, _ tail: StaticString) {
        separate()
        output.append(head)
        output.append(literal)
        appendContent(text)
        output.append(tail)
        needsComma = false
    }

    /// Writes the fixed JSON that ends what ``open(_:)`` started.
    package mutating func close(_ json: StaticString) {
        output.append(json)
        needsComma = true
    }

    @inline(__always)
    private mutating func nest(open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        output.append(open)
        needsComma = false
        body(&self)
        output.append(close)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        output.append(UInt8(ascii: "\""))
        appendContent(text)
        output.append(UInt8(ascii: "\""))
    }

    private mutating func appendContent(_ text: String) {
        if isASCIIOnly {
            for unit in text.utf16 {
                output.append(atMost: JSONEscapes.longest) { JSONEscapes.writeASCII(unit, to: $0) }
            }
            return
        }
        text.withUTF8Bytes { text in
            guard var piece = text.baseAddress else { return }
            var rest = text.count
            while rest > 0 {
                let count = min(rest, Self.escapedPieceBytes)
                output.append(atMost: count * JSONEscapes.longest) { JSONEscapes.write(piece, count: count, to: $0) }
                piece += count
                rest -= count
            }
        }
    }

    /// The piece length in which long strings are escaped, in bytes.
    ///
    /// One byte can become six, and reserving six times the length of a long string would mostly be wasted.
    private static let escapedPieceBytes = 512
}

extension Double {
    /// The string for a number that JSON cannot represent: `nan`, `inf` or `-inf`.
    package var nonFiniteName: String { isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
}
