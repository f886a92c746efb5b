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
        guard hasEscapes else { return String(validating: content, as: UTF8.self) }
        return JSONEscapes.undo(content).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The text as an id: blank is none.
    func decodedID() -> String? {
        guard let text = decoded(), text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        return text
    }

    /// Reads the text as a document of its own.
    ///
    /// - Returns: The text's bytes; nil when it cannot be JSON that holds anything: then it is not copied.
    func document() -> [UInt8]? {
        guard mayHoldJSON else { return nil }
        return hasEscapes ? JSONEscapes.undo(content) : Array(content)
    }

    /// Reads the text as base64 of a document.
    func base64Document() -> [UInt8]? {
        // Some encoders write every slash with a backslash before it.
        guard hasEscapes else { return Base64.decodeJSON(content) }
        return JSONEscapes.undo(content).flatMap { $0.withUnsafeBufferPointer { Base64.decodeJSON($0) } }
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
    func first(of names: [StaticString], ignoringCase ignoresCase: Bool = false) -> StaticString? {
        names.first { matches($0, ignoresCase: ignoresCase) }
    }

    /// The place of this among the given names.
    func index(in names: [StaticString]) -> Int? { names.firstIndex { matches($0, ignoresCase: false) } }

    /// Whether this is the given name, which is not known before run time.
    func matches(_ name: String) -> Bool {
        hasEscapes ? decoded() == name : content.elementsEqual(name.utf8)
    }

    /// Whether this is one of the given names.
    func isAny(of names: [StaticString]) -> Bool { first(of: names) != nil }

    private func matches(_ name: StaticString, ignoresCase: Bool) -> Bool {
        // Escapes make a text longer, never shorter.
        guard hasEscapes ? content.count > name.utf8CodeUnitCount : content.count == name.utf8CodeUnitCount else {
            return false
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
