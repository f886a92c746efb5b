internal import Platform

/// A string in JSON text that is not copied yet.
///
/// Valid only while the text's memory is valid.
struct JSONString {
    private let content: UnsafeBufferPointer<UInt8>
    private let hasEscapes: Bool

    /// The maximum length of a decoded string, in bytes.
    ///
    /// Ids, header values and names are short; longer strings are ignored.
    static let maximumCopiedBytes = 16 * 1024

    init(content: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        self.content = content
        self.hasEscapes = hasEscapes
    }

    /// Returns the string with decoded escapes; nil if it is too long, or its escapes or its UTF-8 are malformed.
    func decoded() -> String? {
        guard content.count <= Self.maximumCopiedBytes else { return nil }
        guard hasEscapes else { return Self.text(of: content.span) }
        return JSONEscapes.undo(content).flatMap { Self.text(of: $0.span) }
    }

    private static func text(of bytes: Span<UInt8>) -> String? {
        guard let valid = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: valid)
    }

    /// Returns the string as an id; nil if it is blank or malformed.
    func decodedID() -> String? {
        guard let text = decoded(), text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        return text
    }

    /// Returns the string's content as JSON text of its own.
    ///
    /// - Parameter buffer: Receives the decoded text; unused if the string has no escapes.
    /// - Returns: The text, valid until the buffer is used again; nil if it cannot be a JSON object or string.
    func document(in buffer: inout TextBuffer) -> UnsafeBufferPointer<UInt8>? {
        guard mayHoldJSON else { return nil }
        return hasEscapes ? buffer.fill(upTo: content.count) { JSONEscapes.undo(content, into: $0) } : content
    }

    /// Returns the string's base64-decoded content as JSON text of its own; nil if it cannot be a JSON object or
    /// string.
    func base64Document(in buffer: inout TextBuffer) -> UnsafeBufferPointer<UInt8>? {
        guard hasEscapes else { return Base64.decodeJSON(content, into: &buffer) }
        // Some encoders escape every slash.
        return JSONEscapes.undo(content).flatMap { text in
            text.withUnsafeBufferPointer { Base64.decodeJSON($0, into: &buffer) }
        }
    }

    /// True if the text starts like an object or a string, possibly after escaped white space.
    private var mayHoldJSON: Bool {
        var rest = content[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "{"): return true
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "\\"):
                switch rest.popFirst() {
                case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): continue
                case UInt8(ascii: "\""), UInt8(ascii: "u"): return true
                default: return false
                }
            default: return false
            }
        }
        return false
    }

    /// Returns the one of the given names that equals this string, without a copy: an event may have a million members.
    ///
    /// - Parameters:
    ///   - names: The names in ASCII; in lower case if case is ignored.
    ///   - ignoresCase: True to ignore case, as for header names.
    /// - Returns: The name, or nil if it is none of them.
    func first(of names: NameSet, ignoringCase ignoresCase: Bool = false) -> StaticString? {
        guard mayBe(in: names) else { return nil }
        return names.names.first { matches($0, ignoresCase: ignoresCase) }
    }

    /// Returns the index of the one of the given names that equals this string, or nil.
    func index(in names: NameSet) -> Int? {
        guard mayBe(in: names) else { return nil }
        return names.names.firstIndex { isNamed($0) }
    }

    /// Returns false if the string's length excludes all given names, which is the common case.
    func mayBe(in names: NameSet) -> Bool { hasEscapes || names.mayHold(length: content.count) }

    /// Returns true if this string is one of the given names.
    func isAny(of names: NameSet) -> Bool { first(of: names) != nil }

    /// Returns true if this string is the given name.
    @inline(__always)
    func isNamed(_ name: StaticString) -> Bool {
        // The inlined comparison of lengths excludes most names.
        (hasEscapes || content.count == name.utf8CodeUnitCount) && matches(name, ignoresCase: false)
    }

    /// Returns true if this string is the given name, which is not a literal.
    func matches(_ name: String) -> Bool {
        hasEscapes ? decoded() == name : content.elementsEqual(name.utf8)
    }

    private func matches(_ name: StaticString, ignoresCase: Bool) -> Bool {
        // Escapes only make a text longer.
        guard hasEscapes ? content.count > name.utf8CodeUnitCount : content.count == name.utf8CodeUnitCount else {
            return false
        }
        guard hasEscapes || ignoresCase else {
            return content.baseAddress.map { memcmp($0, name.utf8Start, content.count) == 0 } ?? true
        }
        var rest = content[...]
        for expected in UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount) {
            guard var byte = rest.popFirst() else { return false }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = Self.popEscape(&rest) else { return false }
                byte = escaped
            }
            if ignoresCase, byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
            guard byte == expected else { return false }
        }
        return rest.isEmpty
    }

    /// Reads an escape after its backslash; returns nil if it is malformed or not an ASCII character that a name may
    /// contain.
    private static func popEscape(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt8? {
        switch rest.popFirst() {
        case UInt8(ascii: "/"): return UInt8(ascii: "/")
        case UInt8(ascii: "u"):
            guard rest.count >= 4, let code = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest.removeFirst(4)
            return code < 0x80 ? UInt8(code) : nil
        default: return nil
        }
    }
}
