/// A reusable buffer for one text at a time: a batch may contain ten thousand messages.
///
/// It never exceeds the longest text that was put into it (or ``minimumBytes``), which is shorter than the event.
struct TextBuffer: ~Copyable {
    private var memory = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    /// The initial capacity, in bytes; most messages are shorter.
    private static let minimumBytes = 4_096

    deinit {
        memory.deallocate()
    }

    /// Replaces the buffer's text.
    ///
    /// - Parameters:
    ///   - length: The maximum length of the text, in bytes.
    ///   - write: Writes the text to the start of the memory and returns its length in bytes, or nil for none.
    /// - Returns: The text, valid until the next call; nil if none was written.
    mutating func fill(
        upTo length: Int,
        _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int?
    ) -> UnsafeBufferPointer<UInt8>? {
        if memory.count < length {
            memory.deallocate()
            memory = .allocate(capacity: max(length, Self.minimumBytes))
        }
        guard let count = write(memory), count <= memory.count else { return nil }
        return UnsafeBufferPointer(rebasing: memory[..<count])
    }
}
