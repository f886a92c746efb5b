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

    /// Whether this is one of the given names, without a copy in the common case.
    func isAny(of names: [StaticString]) -> Bool {
        if hasEscapes {
            guard let decoded = decoded() else { return false }
            return names.contains { $0.description == decoded }
        }
        return names.contains { name in
            name.utf8CodeUnitCount == content.count
                && content.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
    }
}
