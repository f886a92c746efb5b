internal import WireText

/// Decodes JSON text nested in strings; each text is decoded while the surrounding ones are still valid.
///
/// Its memory is reused, because a batch may contain ten thousand messages. At each depth it never exceeds the longest
/// decoded text (or ``minimumBytes``), which is shorter than the event.
struct NestedText: ~Copyable {
    enum Encoding {
        case plain
        case base64
    }

    /// The memory of the text at each depth.
    private var buffers: [UnsafeMutableBufferPointer<UInt8>] = []
    /// The depth of the text that is being decoded.
    private var depth = 0

    /// The initial capacity, in bytes; most messages are shorter.
    private static let minimumBytes = 4_096

    deinit {
        for buffer in buffers { buffer.deallocate() }
    }

    /// Decodes a string as JSON text of its own.
    ///
    /// - Parameters:
    ///   - string: The string.
    ///   - encoding: The encoding of the text in the string.
    ///   - depth: The number of texts around this one.
    /// - Returns: The text, valid until the next call for the depth; nil if it cannot be a JSON object, array or string.
    mutating func open(
        _ string: JSONText,
        as encoding: Encoding = .plain,
        at depth: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        self.depth = depth
        while buffers.count <= depth { buffers.append(UnsafeMutableBufferPointer(start: nil, count: 0)) }
        switch encoding {
        case .plain:
            guard string.mayHoldJSON else { return nil }
            return string.hasEscapes ? fill(upTo: string.content.count) { string.decode(into: $0) } : string.content
        case .base64:
            guard string.hasEscapes else { return openBase64(string.content) }
            // Some encoders escape every slash.
            guard let text = fill(upTo: string.content.count, { string.decode(into: $0) }) else { return nil }
            let copy = Array(text)
            return copy.withUnsafeBufferPointer { openBase64($0) }
        }
    }

    /// Decodes base64 of a JSON object, array or string; other content is detected by its first bytes and not decoded.
    private mutating func openBase64(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let start = decode(UnsafeBufferPointer(rebasing: text.prefix(Self.leadingBytes)))
        switch start?.dropFirst(start?.byteOrderMarkCount ?? 0).first(where: { !$0.isSpace }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): return decode(text)
        default: return nil
        }
    }

    /// The number of base64 characters decoded to detect JSON, a multiple of four; leading white space must be shorter.
    private static let leadingBytes = 64

    private mutating func decode(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        fill(upTo: Base64.maximumDecodedCount(text.count)) { Base64.decode(text, into: $0) }
    }

    /// Replaces the current text.
    ///
    /// - Parameters:
    ///   - length: The maximum length of the text, in bytes.
    ///   - write: Writes the text to the start of the memory and returns its length in bytes, or nil for none.
    /// - Returns: The text; nil if none was written.
    private mutating func fill(
        upTo length: Int,
        _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int?
    ) -> UnsafeBufferPointer<UInt8>? {
        if buffers[depth].count < length {
            buffers[depth].deallocate()
            buffers[depth] = .allocate(capacity: max(length, Self.minimumBytes))
        }
        let buffer = buffers[depth]
        guard let count = write(buffer), count <= buffer.count else { return nil }
        return UnsafeBufferPointer(rebasing: buffer[..<count])
    }
}

extension JSONText {
    /// True if the text starts like an object, an array or a string, possibly after a byte order mark or escaped white space.
    fileprivate var mayHoldJSON: Bool {
        var index = content.byteOrderMarkCount
        while index < content.count {
            let byte = content[index]
            index += 1
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): return true
            case _ where byte.isSpace: continue
            case UInt8(ascii: "\\"):
                guard index < content.count else { return false }
                let escape = content[index]
                index += 1
                switch escape {
                case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): continue
                case UInt8(ascii: "\""), UInt8(ascii: "u"): return true
                default: return false
                }
            default: return false
            }
        }
        return false
    }
}
