internal import WireText

/// A list of words with a fast substring search, used for every span name and every key.
///
/// The standard library's substring search takes microseconds per call.
struct WordMatcher: Sendable {
    private let words: [[UInt8]]
    /// A bit set of the words' first letters, which excludes most positions of a text.
    private let initials: UInt32
    /// A bit set of the letters of each word.
    private let letterSets: [UInt32]
    private let shortestCount: Int

    /// - Parameter words: The words in lower case.
    init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
        initials = self.words.reduce(0) { $0 | Self.bit(of: $1.first ?? 0) }
        letterSets = self.words.map { $0.reduce(0) { $0 | Self.bit(of: $1) } }
        shortestCount = self.words.map(\.count).min() ?? 1
    }

    /// Returns false if no word can occur in the text, by length and letters alone; true needs a closer look.
    ///
    /// - Parameter text: The text in any case.
    /// - Returns: False if no word occurs in the text.
    func mayOccur(in text: String) -> Bool {
        guard text.utf8.count >= shortestCount else { return false }
        let letters = text.withUTF8Bytes { bytes in
            var letters: UInt32 = 0
            for byte in bytes { letters |= Self.bit(of: byte) }
            return letters
        }
        for set in letterSets where set & ~letters == 0 { return true }
        return false
    }

    /// Returns true if the text is one of the words.
    ///
    /// - Parameter text: The text in lower case.
    /// - Returns: True if the text is one of the words.
    func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, initials & Self.bit(of: first) != 0 else { return false }
        return words.contains { $0.count == text.count && Self.matches($0, at: 0, of: text) }
    }

    /// Returns true if the text contains one of the words.
    ///
    /// - Parameter text: The text in lower case.
    /// - Returns: True if the text contains one of the words.
    func isAny(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= shortestCount else { return false }
        for start in 0...(text.count - shortestCount) where initials & Self.bit(of: text[start]) != 0 {
            for word in words where Self.matches(word, at: start, of: text) { return true }
        }
        return false
    }

    /// Returns the bit of a byte.
    ///
    /// Letters have distinct bits; other bytes share them and are distinguished by the full comparison.
    private static func bit(of byte: UInt8) -> UInt32 { 1 << UInt32(byte & 0x1F) }

    private static func matches(_ word: [UInt8], at start: Int, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard word.count <= text.count - start else { return false }
        for offset in 0..<word.count where text[start + offset] != word[offset] { return false }
        return true
    }
}

extension String {
    /// Passes the string's bytes with A–Z in lower case, filtered by a predicate, to the body; they are valid during
    /// the call.
    ///
    /// - Parameters:
    ///   - isWanted: Returns true for the lower-case bytes to keep.
    ///   - body: Receives the bytes.
    /// - Returns: The body's result.
    func withLowercasedASCII<Result>(
        where isWanted: (UInt8) -> Bool = { _ in true },
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count) { letters in
            var count = 0
            withUTF8Bytes { bytes in
                for byte in bytes where isWanted(byte.lowercased) {
                    letters.initializeElement(at: count, to: byte.lowercased)
                    count += 1
                }
            }
            return body(UnsafeBufferPointer(rebasing: letters[..<count]))
        }
    }
}
