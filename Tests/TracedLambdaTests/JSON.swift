import Foundation
import Testing

/// Parses a JSON object with Foundation's parser, which is independent of the writer under test.
func jsonObject(_ bytes: some Sequence<UInt8>) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

/// Strings that JSON writers often encode wrongly.
let hostileTexts: [String] = [
    "", "plain", "\"", "\\", "\\\"", "\\u0000", "a\nb\r\nc\td", "\0", "\u{1}\u{8}\u{C}\u{1F}\u{7F}", "\u{80}\u{9F}",
    "\u{2028}\u{2029}\u{85}", "\u{FFFD}", "\u{FFFE}\u{FFFF}", "🌍👩‍👩‍👧‍👦", "e\u{301}", "Grüße, 世界", "\u{10FFFF}", "</script>",
    "{\"a\": [1, 2]}", "${jndi:x} %s %n", String(decoding: [0xED, 0xA0, 0x80, 0xFF, 0xC0], as: UTF8.self),
]
