internal import FoundationEssentials

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
        let quoted = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
        return try? JSONDecoder().decode(String.self, from: Data(quoted))
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
