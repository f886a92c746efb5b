import EventMutation
import FoundationEssentials
import Testing
import WireText

@Suite("Repair of JSON strings without a text")
struct JSONRepairTests {
    @Test(
        "A lone surrogate becomes U+FFFD, a pair stays",
        arguments: [
            (#""\ud83d""#, #""\ufffd""#), (#""\udc1d""#, #""\ufffd""#), (#""\uD83Dx""#, #""\ufffdx""#),
            (#""\ud83d\ud83d\udc1d""#, #""\ufffd\ud83d\udc1d""#), (#""\udc1d\ud83d""#, #""\ufffd\ufffd""#),
            (#""\ud83d\u0041""#, #""\ufffd\u0041""#), (#""\ud83d\n""#, #""\ufffd\n""#),
            (#""\ud83d\\udc1d""#, #""\ufffd\\udc1d""#),
            (#"{"\ud83d":["\udc1d"]}"#, #"{"\ufffd":["\ufffd"]}"#), (#""\\\ud83d""#, #""\\\ufffd""#),
        ]
    )
    func surrogates(text: String, expected: String) {
        #expect(JSONRepair.repaired(Array(text.utf8)) == Array(expected.utf8))
    }

    @Test(
        "A text that has nothing to repair is not copied",
        arguments: [
            "", "{}", #""\ud83d\udc1d""#, #""\\ud83d""#, #""\u""#, #""\ud8""#, #""\ud83""#, "\\", "\"\\", #""\ug83d""#,
            "ü🐝", "nonsense",
        ]
    )
    func nothing(text: String) {
        #expect(JSONRepair.repaired(Array(text.utf8)) == nil)
    }

    @Test("Bytes that are not UTF-8 become U+FFFD, beside a lone surrogate too")
    func invalidUTF8() {
        let text = [0x22, 0xC3, 0x28] + Array(#"\ud83d""#.utf8)
        #expect(JSONRepair.repaired(text) == Array("\"\u{FFFD}(\\ufffd\"".utf8))
    }

    @Test("The reader has the same text as a strict decoder after the repair, for any sequence of escapes")
    func sameText() throws {
        let seed: UInt64 = 20_261_202
        var generator = SeededGenerator(seed: seed)
        let parts = [#"\ud83d"#, #"\udc1d"#, #"\uDBFF"#, #"\udfff"#, #"\u0041"#, #"\\"#, #"\""#, "u", "d83d", "ü"]
        for iteration in 0..<2_000 {
            let content = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                parts[Int.random(in: parts.indices, using: &generator)]
            }
            let text = Array("\"\(content.joined())\"".utf8)
            let read = text.withUnsafeBufferPointer { JSONValue($0).text }
            let repaired = JSONRepair.repaired(text) ?? text
            let expected = try JSONDecoder().decode(String.self, from: Data(repaired))
            try #require(read == expected, "seed \(seed), iteration \(iteration): \(content)")
        }
    }
}
