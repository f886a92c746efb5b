/// Writes JSON text (RFC 8259) into a byte buffer; the only JSON writer of this project.
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
    @inline(__always)
    mutating func name(literal name: StaticString) {
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

    package mutating func int(_ value: some BinaryInteger) {
        separate()
        output.append(decimal: value)
    }

    /// Writes an integer as a string, as OTLP/JSON requires for 64-bit integers.
    mutating func quotedInt(_ value: some BinaryInteger) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(decimal: value)
        output.append(UInt8(ascii: "\""))
    }

    mutating func hexadecimal(_ id: TraceID) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(hexadecimal: id.high)
        output.append(hexadecimal: id.low)
        output.append(UInt8(ascii: "\""))
    }

    mutating func hexadecimal(_ id: SpanID) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(hexadecimal: id.value)
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

    package mutating func member(_ name: String, _ value: some BinaryInteger) {
        self.name(name)
        int(value)
    }

    @inline(__always)
    mutating func member(literal name: StaticString, _ value: String) {
        self.name(literal: name)
        string(value)
    }

    @inline(__always)
    mutating func member(literal name: StaticString, _ value: some BinaryInteger) {
        self.name(literal: name)
        int(value)
    }

    // MARK: Fixed JSON around a value

    /// Writes the fixed JSON that starts an element or member, up to the position of its value.
    @inline(__always)
    mutating func open(_ json: StaticString) {
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
    @inline(__always)
    mutating func open(_ head: StaticString, literal: StaticString = "", _ text: String, _ tail: StaticString) {
        separate()
        output.append(head)
        output.append(literal)
        appendContent(text)
        output.append(tail)
        needsComma = false
    }

    /// Writes the fixed JSON that ends what ``open(_:)`` started.
    @inline(__always)
    mutating func close(_ json: StaticString) {
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
        if isASCIIOnly { output.append(escapingToASCII: text) } else { output.append(escaping: text) }
    }
}

extension Double {
    /// The string that HoneyHive's clients write for a number that JSON cannot represent.
    var nonFiniteName: String { isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
}
