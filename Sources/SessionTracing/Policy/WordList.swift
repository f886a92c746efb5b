/// Words that are looked for in short texts, byte by byte: every span's name and every key goes through one.
///
/// The standard library's search of a text within a text costs microseconds each time.
struct WordList: Sendable {
    private let words: [[UInt8]]

    /// - Parameter words: In lower case.
    init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
    }

    /// Whether one of the words stands somewhere in a text.
    ///
    /// - Parameter text: In lower case.
    /// - Returns: True when one does.
    func isAny(in text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            text.indices.contains { start in words.contains { Self.stands($0, at: start, of: text) } }
        }
    }

    private static func stands(_ word: [UInt8], at start: Int, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard word.count <= text.count - start else { return false }
        for offset in 0..<word.count where text[start + offset] != word[offset] { return false }
        return true
    }
}

extension String {
    /// The text's bytes, A–Z in lower case.
    var lowercasedASCII: [UInt8] {
        utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
