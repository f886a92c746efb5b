import EventMutation
import FoundationEssentials
import SessionTracing
import Testing
import WireText

@Suite("JSON text as attribute values")
struct ExactJSONTests {
    @Test(
        "Each value has the case of its text",
        arguments: [
            ("null", nil), ("true", true), (" false ", false), ("1", 1), ("1.0", 1.0), ("1e2", 100.0),
            ("\t-0.0\n", -0.0),
            ("9223372036854775815", "9223372036854775815"), ("1e400", "1e400"), (#""1""#, "1"), (#""""#, ""),
            ("[]", []), ("{}", [:]),
            (#"{"temperature": 1.0, "top_p": 0.5, "n": 1}"#, ["temperature": 1.0, "top_p": 0.5, "n": 1]),
            (#"[1,1.0,[1.5,{"a":[2.0]}],9007199254740993.0]"#, [1, 1.0, [1.5, ["a": [2.0]]], "9007199254740993.0"]),
            (#"{"a":{"b":{}},"c":[[],[{}]]}"#, ["a": ["b": [:]], "c": [[], [[:]]]]),
            (#"{"a":1,"a":2.0}"#, ["a": 1]), (#""\ud83d""#, "\u{FFFD}"), (#"{"\udc1d":1}"#, ["\u{FFFD}": 1]),
            ("\u{FEFF}{\"a\":1.0}", ["a": 1.0]), ("\u{FEFF} 1.0", 1.0),
            (#"{"a\u0062":"\n\u00fc\ud83d\udc1d"}"#, ["ab": "\nü🐝"]),
        ] as [(String, AttributeValue)]
    )
    func values(json: String, expected: AttributeValue) throws {
        #expect(try AttributeValue(json: Array(json.utf8)) == expected)
    }

    @Test(
        "The error of text that is not JSON has its position",
        arguments: [
            ("", 0), (" ", 1), ("{", 1), ("{}x", 2), ("{} {}", 3), ("[1,]", 3), ("[1 2]", 3), ("nul", 0), ("[nul]", 1),
            ("'a'", 0),
            ("[01]", 1), (#"{"a":1.}"#, 5), (#"{"a":"\x"}"#, 6), ("[\"a\tb\"]", 3), (#"{"a":1,"b"}"#, 10), ("]", 0),
            (#"{1:2}"#, 1),
            (#"{"a":tru,"b":1}"#, 5), ("\"a", 0), ("1 2", 0), (#"{"items": [{"x": 1}, {"y": }]}"#, 27),
        ]
    )
    func malformed(json: String, byte: Int) throws {
        let error = try #require(throws: MalformedJSON.self) { try AttributeValue(json: Array(json.utf8)) }
        #expect(error == MalformedJSON(atByte: byte))
    }

    @Test("512 levels are read, of objects and of arrays; one more is refused as too deep")
    func depth() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ count: Int) -> [UInt8] {
                Array((String(repeating: open, count: count) + "1" + String(repeating: close, count: count)).utf8)
            }
            _ = try AttributeValue(json: nested(512))
            let error = try #require(throws: MalformedJSON.self) { try AttributeValue(json: nested(513)) }
            #expect(error == MalformedJSON(.depth, atByte: 512 * open.count))
            #expect(throws: MalformedJSON.self) { try AttributeValue(json: nested(1_000_000)) }
        }
    }

    @Test("Any value is the same after it was written as JSON and read, doubles as doubles")
    func roundTrip() throws {
        let seed: UInt64 = 20_261_203
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<500 {
            let value = AttributeValue.randomJSON(maximumDepth: 4, using: &generator)
            var writer = JSONWriter()
            writer.value(value)
            try #require(try AttributeValue(json: writer.bytes) == value, "seed \(seed), iteration \(iteration)")
        }
    }

    @Test("Every mutated text that the strict reader takes, JSONDecoder takes too, with equal values")
    func mutations() throws {
        let seed: UInt64 = 20_261_204
        var generator = SeededGenerator(seed: seed)
        let mutator = EventMutator(
            seeds: [
                #"{"a":["x",{"b\u0062":"\ud83d\udc1d\n","c":[1.5e3,null,true,""]},[]],"d":{},"e":"ü\\\"/"}"#,
                #" [ "a" , [ "b" , { "c" : "d" } ] , -0 , "\u00e9", 12.0, 3E-2 ] "#,
            ].map { Array($0.utf8) }
        )
        var count = 0
        for iteration in 0..<5_000 {
            let text = mutator.mutated(using: &generator)
            guard let value = try? AttributeValue(json: text) else { continue }
            guard !value.hasLargeNumber else { continue }
            let decoded = try JSONDecoder().decode(AttributeValue.self, from: Data(JSONRepair.repaired(text) ?? text))
            count += 1
            try #require(
                value.wholeDoublesAsInts == decoded.wholeDoublesAsInts,
                "seed \(seed), iteration \(iteration): \(String(decoding: text, as: UTF8.self))"
            )
        }
        #expect(count > 250)
    }

    // MARK: Decoding with a source

    private struct Event: Decodable {
        struct Settings: Decodable {
            let values: [String: AttributeValue]
            let list: [AttributeValue]
        }

        let settings: [Settings]
        let other: AttributeValue?
        let count: Int
    }

    @Test("A value anywhere in a model is exact if the decoder has its text")
    func nested() throws {
        let text = #"""
            {"settings": [{"values": {"7": 1.0, "a.b": 1}, "list": [1, 1.0, 1e400]}], "other": {"id": 9223372036854775815}, "count": 1.0}
            """#
        let decoder = JSONDecoder()
        decoder.userInfo[try #require(JSONSource.key)] = JSONSource(Array(text.utf8))
        let event = try decoder.decode(Event.self, from: Data(text.utf8))
        #expect(event.settings.first?.values == ["7": 1.0, "a.b": 1])
        #expect(event.settings.first?.list == [1, 1.0, "1e400"])
        #expect(event.other == ["id": "9223372036854775815"])
        #expect(event.count == 1)
    }

    @Test(
        "A source that is not the decoder's text, or not JSON, changes nothing",
        arguments: ["[]", "{\"a\":5}", "nonsense", ""]
    )
    func foreignSource(_ text: String) throws {
        let decoder = JSONDecoder()
        decoder.userInfo[try #require(JSONSource.key)] = JSONSource(Array(text.utf8))
        let value = try decoder.decode([[String: AttributeValue]].self, from: Data(#"[{"b":1}]"#.utf8))
        #expect(value == [["b": 1]])
    }

    @Test(
        "Without a source, a whole number that a double rounds is its digits",
        arguments: [
            ("9223372036854775815", "9223372036854775815"), ("-9223372036854775809", "-9223372036854775809"),
            ("1e300", .double(1e300)),
            ("9223372036854775808", .double(0x1p63)), ("1.0", 1), ("1.5", 1.5),
        ] as [(String, AttributeValue)]
    )
    func withoutSource(json: String, expected: AttributeValue) throws {
        #expect(try JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8)) == expected)
    }
}

extension AttributeValue {
    fileprivate static func randomJSON(maximumDepth: Int, using generator: inout SeededGenerator) -> AttributeValue {
        switch Int.random(in: 0..<(maximumDepth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int(truncatingIfNeeded: generator.next() as UInt64))
        case 3: return .double(Double(Int.random(in: -1_000...1_000, using: &generator)) / 4)
        case 4: return .string(.random(maximumScalars: 12, using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    .randomJSON(maximumDepth: maximumDepth - 1, using: &generator)
                }
            )
        default:
            var members: [String: AttributeValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let key = String.random(maximumScalars: 6, using: &generator)
                members[key] = .randomJSON(maximumDepth: maximumDepth - 1, using: &generator)
            }
            return .dictionary(members)
        }
    }

    /// The value as `JSONDecoder` gives it, which does not tell a whole double from an integer.
    fileprivate var wholeDoublesAsInts: AttributeValue {
        switch self {
        case .double(let value): Int(exactly: value).map { .int($0) } ?? self
        case .array(let elements): .array(elements.map(\.wholeDoublesAsInts))
        case .dictionary(let members): .dictionary(members.mapValues(\.wholeDoublesAsInts))
        default: self
        }
    }

    /// True if a mutation made a number that is a text here.
    fileprivate var hasLargeNumber: Bool {
        switch self {
        case .string(let text): text.utf8.first.map { $0 == 0x2D || $0 >= 0x30 && $0 <= 0x39 } ?? false
        case .array(let elements): elements.contains(where: \.hasLargeNumber)
        case .dictionary(let members): members.values.contains(where: \.hasLargeNumber)
        default: false
        }
    }
}
