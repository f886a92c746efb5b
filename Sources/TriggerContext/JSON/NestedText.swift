/// A text inside a text inside a text: each is opened while the one around it still stands.
struct NestedText: ~Copyable {
    enum Encoding {
        case plain
        case base64
    }

    private var current = TextBuffer()
    private var outer = TextBuffer()

    /// Opens a text as a document of its own.
    ///
    /// - Returns: The document, valid until the next but one is opened; nil when it cannot be JSON that holds anything.
    mutating func open(_ string: JSONString, as encoding: Encoding = .plain) -> UnsafeBufferPointer<UInt8>? {
        swap(&current, &outer)
        return switch encoding {
        case .plain: string.document(in: &current)
        case .base64: string.base64Document(in: &current)
        }
    }
}
