/// Writes JSON text (RFC 8259) into bytes; the one place where this project makes any.
///
/// Commas come by themselves. Strings are always valid: Swift's have no lone surrogates, and everything that JSON wants
/// escaped is.
package struct JSONWriter: ~Copyable {
    private var output: OutputBytes
    private var needsComma = false
    /// Writes everything over 0x7E as `\uXXXX`, as an HTTP header needs.
    private let isASCIIOnly: Bool

    /// - Parameters:
    ///   - output: What is there stays, and is written after.
    ///   - isASCIIOnly: Whether everything over 0x7E is written as `\uXXXX`.
    package init(into output: consuming OutputBytes = OutputBytes(), isASCIIOnly: Bool = false) {
        self.output = output
        self.isASCIIOnly = isASCIIOnly
    }

    /// What has been written, as a copy.
    package var bytes: [UInt8] { output.array }

    /// Ends the writing.
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

    /// Writes a name that is a word of ASCII letters, in which nothing is escaped; a value must follow.
    @inline(__always)
    mutating func name(word name: StaticString) {
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

    /// Writes a string that begins with a word in which nothing is escaped.
    mutating func string(_ word: StaticString, _ rest: String) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(word)
        appendContent(rest)
        output.append(UInt8(ascii: "\""))
    }

    package mutating func int(_ value: some BinaryInteger) {
        separate()
        output.append(decimal: value)
    }

    /// Writes a whole number as a string, as OTLP wants those of 64 bits.
    mutating func quotedInt(_ value: some BinaryInteger) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(decimal: value)
        output.append(UInt8(ascii: "\""))
    }

    /// Writes an id as a string in hexadecimal.
    mutating func hexadecimal(_ id: TraceID) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(hexadecimal: id.high)
        output.append(hexadecimal: id.low)
        output.append(UInt8(ascii: "\""))
    }

    /// Writes an id as a string in hexadecimal.
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

    /// JSON has no NaN and no infinity; they become the strings `nan`, `inf` and `-inf`.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return string(value.nonFiniteName) }
        separate()
        output.append(utf8Of: value.description)
    }

    /// Splices in text that is JSON already.
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
    mutating func member(word name: StaticString, _ value: String) {
        self.name(word: name)
        string(value)
    }

    @inline(__always)
    mutating func member(word name: StaticString, _ value: some BinaryInteger) {
        self.name(word: name)
        int(value)
    }

    // MARK: What stands around a value, as one piece

    /// Writes all from the place of an element or member to where a value must follow, as it stands.
    @inline(__always)
    mutating func open(_ json: StaticString) {
        separate()
        output.append(json)
        needsComma = false
    }

    /// Writes all from a value's end to the end of what ``open(_:)`` has begun, as it stands.
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
    /// The names that HoneyHive's clients give to what JSON cannot hold.
    var nonFiniteName: String { isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
}
