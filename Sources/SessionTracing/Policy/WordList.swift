/// Words that are looked for in short texts, byte by byte: every span's name and every key goes through one.
///
/// The standard library's search of a text within a text costs microseconds each time.
struct WordList: Sendable {
    private let words: [[UInt8]]
    /// The words' first letters, each as a bit: at most places of a text none of them stands.
    private let initials: UInt32
    /// The length of the shortest word, in bytes.
    let shortestCount: Int

    /// - Parameter words: In lower case.
    init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
        initials = self.words.reduce(0) { $0 | Self.bit(of: $1.first ?? 0) }
        shortestCount = self.words.map(\.count).min() ?? 1
    }

    /// Whether a text is one of the words.
    ///
    /// - Parameter text: In lower case.
    /// - Returns: True when it is.
    func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, initials & Self.bit(of: first) != 0 else { return false }
        return words.contains { $0.count == text.count && Self.stands($0, at: 0, of: text) }
    }

    /// Whether one of the words stands somewhere in a text.
    ///
    /// - Parameter text: In lower case.
    /// - Returns: True when one does.
    func isAny(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= shortestCount else { return false }
        for start in 0...(text.count - shortestCount) where initials & Self.bit(of: text[start]) != 0 {
            for word in words where Self.stands(word, at: start, of: text) { return true }
        }
        return false
    }

    /// Letters have bits of their own; other bytes share them, and are told apart by the comparison.
    private static func bit(of byte: UInt8) -> UInt32 { 1 << UInt32(byte & 0x1F) }

    private static func stands(_ word: [UInt8], at start: Int, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard word.count <= text.count - start else { return false }
        for offset in 0..<word.count where text[start + offset] != word[offset] { return false }
        return true
    }
}

extension String {
    /// The text's bytes, A–Z in lower case, as many as are wanted; in memory of the moment.
    ///
    /// - Parameters:
    ///   - isWanted: Tells by a byte, in lower case, whether it is kept.
    ///   - body: Gets the bytes.
    /// - Returns: What the body returns.
    func withLowercasedASCII<Result>(
        where isWanted: (UInt8) -> Bool = { _ in true },
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count) { letters in
            var count = 0
            withUTF8Bytes { bytes in
                for byte in bytes {
                    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    let letter = isUpper ? byte | 0x20 : byte
                    guard isWanted(letter) else { continue }
                    letters.initializeElement(at: count, to: letter)
                    count += 1
                }
            }
            return body(UnsafeBufferPointer(rebasing: letters[..<count]))
        }
    }
}
