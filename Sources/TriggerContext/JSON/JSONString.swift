internal import Glibc

/// A string inside JSON text, not yet copied.
///
/// Valid only while the text's memory is.
struct JSONString {
    private let content: UnsafeBufferPointer<UInt8>
    private let hasEscapes: Bool

    /// Ids, header values and names are short; a longer string is not one, and is not worth a copy.
    static let maximumCopiedBytes = 16 * 1024

    init(content: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        self.content = content
        self.hasEscapes = hasEscapes
    }

    /// The text with its escapes undone; nil when it is too long, or its escapes or its UTF-8 are malformed.
    func decoded() -> String? {
        guard content.count <= Self.maximumCopiedBytes else { return nil }
        guard hasEscapes else { return Self.text(of: content.span) }
        return JSONEscapes.undo(content).flatMap { Self.text(of: $0.span) }
    }

    private static func text(of bytes: Span<UInt8>) -> String? {
        guard let valid = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: valid)
    }

    /// The text as an id: blank is none.
    func decodedID() -> String? {
        guard let text = decoded(), text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        return text
    }

    /// Reads the text as a document of its own.
    ///
    /// - Parameter buffer: Holds the text with its escapes undone; not touched when it has none.
    /// - Returns: The text, valid until the buffer is used again; nil when it cannot be JSON that holds anything.
    func document(in buffer: inout TextBuffer) -> UnsafeBufferPointer<UInt8>? {
        guard mayHoldJSON else { return nil }
        return hasEscapes ? buffer.fill(upTo: content.count) { JSONEscapes.undo(content, into: $0) } : content
    }

    /// Reads the text as base64 of a document, in the same way.
    func base64Document(in buffer: inout TextBuffer) -> UnsafeBufferPointer<UInt8>? {
        guard hasEscapes else { return Base64.decodeJSON(content, into: &buffer) }
        // Some encoders write every slash with a backslash before it.
        return JSONEscapes.undo(content).flatMap { text in
            text.withUnsafeBufferPointer { Base64.decodeJSON($0, into: &buffer) }
        }
    }

    /// Whether the text begins as an object or as a string does, perhaps behind escaped white space.
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

    /// The one of the given names that this is, without a copy: an event may have a million members.
    ///
    /// - Parameters:
    ///   - names: ASCII; in lower case when case is to be ignored.
    ///   - ignoresCase: Takes upper case for lower case, as header names do.
    /// - Returns: The name, or nil when this is none of them.
    func first(of names: NameSet, ignoringCase ignoresCase: Bool = false) -> StaticString? {
        guard mayBe(in: names) else { return nil }
        return names.names.first { matches($0, ignoresCase: ignoresCase) }
    }

    /// The place of this among the given names.
    func index(in names: NameSet) -> Int? {
        guard mayBe(in: names) else { return nil }
        return names.names.firstIndex { isNamed($0) }
    }

    /// Whether this is as long as one of the given names, which most are not.
    func mayBe(in names: NameSet) -> Bool { hasEscapes || names.mayHold(length: content.count) }

    /// Whether this is one of the given names.
    func isAny(of names: NameSet) -> Bool { first(of: names) != nil }

    /// Whether this is the given name.
    @inline(__always)
    func isNamed(_ name: StaticString) -> Bool {
        // Most are told apart by their length, which needs no call.
        (hasEscapes || content.count == name.utf8CodeUnitCount) && matches(name, ignoresCase: false)
    }

    /// Whether this is the given name, which is not known before run time.
    func matches(_ name: String) -> Bool {
        hasEscapes ? decoded() == name : content.elementsEqual(name.utf8)
    }

    private func matches(_ name: StaticString, ignoresCase: Bool) -> Bool {
        // Escapes make a text longer, never shorter.
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

    /// What an escape stands for, from behind its backslash; nil when it is malformed or no ASCII that a name can hold.
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
