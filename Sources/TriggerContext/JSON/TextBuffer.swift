/// Memory for one text at a time, used again and again: a batch may bring ten thousand messages.
///
/// It is never larger than the longest text that was put into it, which is shorter than the event.
struct TextBuffer: ~Copyable {
    private var memory = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    /// The first text's room, in bytes; most messages are shorter.
    private static let minimumBytes = 4_096

    deinit {
        memory.deallocate()
    }

    /// Puts a text in the place of the one before.
    ///
    /// - Parameters:
    ///   - length: What the text needs at most, in bytes.
    ///   - write: Writes the text to the memory's start; returns how much it wrote, or nil for none.
    /// - Returns: The text, valid until the next call; nil when none was written.
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
