/// Decodes JSON text nested in strings; each text is decoded while the surrounding one is still valid.
struct NestedText: ~Copyable {
    enum Encoding {
        case plain
        case base64
    }

    private var current = TextBuffer()
    private var outer = TextBuffer()

    /// Decodes a string as JSON text of its own.
    ///
    /// - Parameters:
    ///   - string: The string.
    ///   - encoding: The encoding of the text in the string.
    /// - Returns: The text, valid until the second next call; nil if it cannot be a JSON object or string.
    mutating func open(_ string: JSONString, as encoding: Encoding = .plain) -> UnsafeBufferPointer<UInt8>? {
        swap(&current, &outer)
        return switch encoding {
        case .plain: string.document(in: &current)
        case .base64: string.base64Document(in: &current)
        }
    }
}
