import Testing

@testable import OTLP

@Suite("JSON text")
struct JSONTests {
    @Test(
        "a text comes out as it went in",
        arguments: [
            "null", "true", "false", "0", "-0", "1.10", "12345678901234567890", "1e-7", "\"\"", "\"é🎉\"", "[]", "{}",
            "[1,[2,{\"a\":null}]]", "{\"b\":1,\"a\":2}", "\"\\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007f\\u2028\"",
        ]
    )
    func roundTrip(_ text: String) throws {
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test(
        "what is not JSON is refused with the place of the fault",
        arguments: [
            ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1), ("01", 1), ("1.", 2), ("-", 1), ("+1", 0),
            ("nul", 3), ("nulL", 3), ("\"a", 2), ("\"\\x\"", 2), ("\"\\u12g4\"", 3), ("\"\n\"", 1), ("1 2", 2),
            ("[1}", 2),
            ("{\"a\":1,}", 7), ("'a'", 0), ("//", 0), ("\u{FEFF}1", 0),
        ]
    )
    func refused(_ text: String, _ byteOffset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.byteOffset == byteOffset)
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUTF8() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array("\"a".utf8) + [0xFF, 0x22]) }
        #expect(error?.code == .malformed)
    }

    @Test("deep nesting is refused before it can overflow the stack")
    func deepNesting() throws {
        let deep = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        #expect(error?.code == .tooDeep)
        let allowed = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(try JSONValue(parsing: allowed).text == allowed)
    }

    @Test(
        "escapes become characters, and half a surrogate pair the replacement character",
        arguments: [
            ("\"\\u0041\\/\\b\\f\"", "A/\u{08}\u{0C}"), ("\"\\ud83c\\udf89\"", "🎉"), ("\"\\ud83cx\"", "\u{FFFD}x"),
            ("\"\\ud83c\\u0041\"", "\u{FFFD}A"), ("\"\\udf89\"", "\u{FFFD}"), ("\"\\ud83c\"", "\u{FFFD}"),
        ]
    )
    func escapes(_ text: String, _ expected: String) throws {
        #expect(try JSONValue(parsing: text).string == expected)
    }

    @Test("any string survives writing and parsing, and drives no terminal in between")
    func anyString() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            var string = ""
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                let range: ClosedRange<UInt32> = Bool.random(using: &random) ? 0...0x2FF : 0...0x1_0FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                    string.unicodeScalars.append(scalar)
                }
            }
            let text = JSONValue.object(JSONObject([.init(name: string, value: .string(string))])).text
            let parsed = try JSONValue(parsing: text).object?.members.first
            #expect(parsed?.name.unicodeScalars.elementsEqual(string.unicodeScalars) == true)
            #expect(parsed?.value == .string(string))
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        }
    }

    @Test("setting a member keeps its place and drops its doubles")
    func setMember() throws {
        guard case .object(var object) = try JSONValue(parsing: "{\"a\":1,\"b\":2,\"a\":3}") else {
            Issue.record("not an object")
            return
        }
        #expect(object["a"] == 3)
        object["a"] = "new"
        object["c"] = true
        #expect(JSONValue.object(object).text == "{\"a\":\"new\",\"b\":2,\"c\":true}")
        object["b"] = nil
        #expect(JSONValue.object(object).text == "{\"a\":\"new\",\"c\":true}")
    }

    @Test("the pretty layout has a line for each member")
    func pretty() throws {
        let value: JSONValue = ["a": [1, 2], "b": [:]]
        #expect(value.prettyText == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    }

    @Test("numbers that JSON cannot write are no numbers")
    func numbers() {
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(-Double.infinity) == nil)
        #expect(JSONNumber(1.5)?.text == "1.5")
        #expect(JSONNumber(UInt64.max).uint64 == .max)
        #expect(JSONNumber(UInt64.max).int64 == nil)
    }
}
