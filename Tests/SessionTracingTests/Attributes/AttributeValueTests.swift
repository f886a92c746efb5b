import EventMutation
import FoundationEssentials
import SessionTracing
import Testing

@Suite("Attribute values")
struct AttributeValueTests {
    @Test("Literals make the case that they look like")
    func literals() {
        let value: AttributeValue = [
            "text": "a", "whole": 3, "part": 2.5, "flag": true, "nothing": nil, "list": ["b", 1], "inner": ["k": "v"],
            "interpolated": "\(1 + 1)",
        ]
        #expect(
            value
                == .dictionary([
                    "text": .string("a"), "whole": .int(3), "part": .double(2.5), "flag": .bool(true), "nothing": .null,
                    "list": .array([.string("b"), .int(1)]), "inner": .dictionary(["k": .string("v")]),
                    "interpolated": .string("2"),
                ])
        )
    }

    @Test("Of a key that stands twice in a literal, the last value counts")
    func duplicateKeys() {
        let value: AttributeValue = ["k": 1, "other": 0, "k": 2]
        #expect(value == .dictionary(["k": .int(2), "other": .int(0)]))
    }

    @Test(
        "JSON is read into the case of its kind",
        arguments: [
            ("null", .null),
            ("true", .bool(true)),
            ("false", .bool(false)),
            ("0", .int(0)),
            ("1", .int(1)),
            ("-9223372036854775808", .int(.min)),
            ("9223372036854775807", .int(.max)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("2.5", .double(2.5)),
            ("-1e300", .double(-1e300)),
            (#""true""#, .string("true")),
            (#""1""#, .string("1")),
            (#""""#, .string("")),
            ("[]", .array([])),
            ("{}", .dictionary([:])),
            (#"[1,null,"a",[{"k":2.5}]]"#, [1, nil, "a", [["k": 2.5]]]),
            (#"{"a":{"b":[true]},"n":null}"#, ["a": ["b": [true]], "n": nil]),
        ] as [(String, AttributeValue)]
    )
    func decodes(json: String, expected: AttributeValue) throws {
        #expect(try JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8)) == expected)
    }

    @Test("Text that is not JSON throws", arguments: ["", "{", "[1,]x", "nul", "'a'"])
    func refuses(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8))
        }
    }

    @Test("Any value is the same after it was written as JSON and read")
    func roundTrip() throws {
        let seed: UInt64 = 20_260_201
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<500 {
            let value = AttributeValue.random(maximumDepth: 4, using: &generator)
            let json = try JSONEncoder().encode(value)
            try #require(
                try JSONDecoder().decode(AttributeValue.self, from: json) == value,
                "seed \(seed), iteration \(iteration)"
            )
        }
    }

    @Test("JSON has no NaN: encoding one throws", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(number: Double) {
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(AttributeValue.array([.double(number)])) }
    }
}

extension AttributeValue {
    /// Doubles have a fraction, because JSON does not distinguish `1.0` from `1`.
    fileprivate static func random(maximumDepth: Int, using generator: inout SeededGenerator) -> AttributeValue {
        switch Int.random(in: 0..<(maximumDepth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int(truncatingIfNeeded: generator.next() as UInt64))
        case 3: return .double(Double(Int.random(in: -1_000...1_000, using: &generator)) + 0.25)
        case 4: return .string(.random(maximumScalars: 12, using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    .random(maximumDepth: maximumDepth - 1, using: &generator)
                }
            )
        default:
            var members: [String: AttributeValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let key = String.random(maximumScalars: 6, using: &generator)
                members[key] = .random(maximumDepth: maximumDepth - 1, using: &generator)
            }
            return .dictionary(members)
        }
    }
}
