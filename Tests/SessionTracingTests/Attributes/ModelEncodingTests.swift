import EventMutation
import FoundationEssentials
import SessionTracing
import Testing

/// The expected values follow the rules of JSONEncoder.
@Suite("Models of every shape as attributes")
struct ModelEncodingTests {
    private struct Document: Encodable {
        enum Kind: String, Encodable { case draft, final }
        struct Author: Encodable {
            var name: String
            var reviewer: [Author] = []
        }

        var kind = Kind.final
        var author = Author(name: "a", reviewer: [Author(name: "b")])
        var tags: [String: [Int?]] = ["x": [1, nil, 3]]
        var written = Date(timeIntervalSinceReferenceDate: 1.5)
        var content = Data([1, 2, 255])
        var link = URL(string: "https://example.com/a?b=c")
        var absent: Author?
        var isOpen = true
        var one = 1
        var share = Float(0.5)
    }

    @Test("Nested models, optionals, dates, data and URLs are as in JSON; what is nil has no member")
    func document() throws {
        let expected: AttributeValue = [
            "kind": "final",
            "author": ["name": "a", "reviewer": [["name": "b", "reviewer": []]]],
            "tags": ["x": [1, nil, 3]],
            "written": 1.5, "content": "AQL/", "link": "https://example.com/a?b=c",
            "isOpen": true, "one": 1, "share": 0.5,
        ]
        #expect(try AttributeValue(encoding: Document()) == expected)
    }

    @Test(
        "Numbers keep their value: whole ones are ints as far as an int goes, others doubles",
        arguments: [
            (AttributeValue.int(.max), "9223372036854775807"), (.int(.min), "-9223372036854775808"),
            (.double(0x1p64), "18446744073709551615"), (.double(0.1), "0.1"), (.int(-0), "0"),
        ]
    )
    func numbers(expected: AttributeValue, text: String) throws {
        struct Number: Encodable {
            let text: String
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                if let value = Int(text) {
                    try container.encode(value)
                } else if let value = UInt64(text) {
                    try container.encode(value)
                } else {
                    try container.encode(Double(text))
                }
            }
        }
        #expect(try AttributeValue(encoding: Number(text: text)) == expected)
    }

    @Test("NaN and the infinities are texts, at the top and within")
    func nonFinite() throws {
        #expect(try AttributeValue(encoding: Double.nan) == "nan")
        #expect(try AttributeValue(encoding: [Float.infinity, -.infinity]) == ["inf", "-inf"])
        #expect(try [String: AttributeValue].encoding(["a": ["b": Double.nan]]) == ["a": ["b": "nan"]])
        #expect(try [String: AttributeValue].encoding(Double.infinity) == ["value": "inf"])
    }

    @Test("What is no object becomes the member value: lists, texts, numbers, dates, nothing")
    func topLevel() throws {
        #expect(try [String: AttributeValue].encoding([["a": 1], ["b": 2]]) == ["value": [["a": 1], ["b": 2]]])
        #expect(try [String: AttributeValue].encoding([Int]()) == ["value": []])
        #expect(try [String: AttributeValue].encoding("") == ["value": ""])
        #expect(try [String: AttributeValue].encoding(2.5) == ["value": 2.5])
        #expect(try [String: AttributeValue].encoding(Date(timeIntervalSinceReferenceDate: 0.5)) == ["value": 0.5])
        #expect(try [String: AttributeValue].encoding(String?.none) == ["value": nil])
        #expect(try [String: AttributeValue].encoding([String: Int]()) == [:])
    }

    @Test("Any text comes through, and any member name")
    func texts() throws {
        let seed: UInt64 = 20_260_306
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<200 {
            let text = String.random(maximumScalars: 30, using: &generator)
            let value = try AttributeValue(encoding: [text: text])
            guard case .dictionary(let members) = value, let member = members.first else {
                Issue.record("seed \(seed), iteration \(iteration): \(value)")
                continue
            }
            guard case .string(let read) = member.value else {
                Issue.record("seed \(seed), iteration \(iteration): \(value)")
                continue
            }
            #expect(member.key.utf8.elementsEqual(text.utf8), "seed \(seed), iteration \(iteration)")
            #expect(read.utf8.elementsEqual(text.utf8), "seed \(seed), iteration \(iteration)")
        }
    }

    @Test("An attribute value is a model itself, and comes through as it is")
    func attributeValue() throws {
        let value: AttributeValue = ["a": [1, 2.5, true, "x", nil, ["b": .int(.max)]], "nan": .double(.nan)]
        #expect(
            try AttributeValue(encoding: value) == ["a": [1, 2.5, true, "x", nil, ["b": .int(.max)]], "nan": "nan"]
        )
    }

    @Test("A model's members are redacted and flattened as others are")
    func onSpan() async throws {
        struct Request: Encodable {
            var query = "cats"
            var apiKey = "s3cr3t"
            var pages = [1, 2]
        }
        let inputs = try [String: AttributeValue].encoding(Request())
        let span = try await TracerFixture().record { $0.enrich(inputs: inputs) }
        #expect(span.attributes["honeyhive_inputs.query"] == "cats")
        #expect(span.attributes["honeyhive_inputs.apiKey"] == .string(Redaction.mask))
        #expect(span.attributes["honeyhive_inputs.pages.1"] == 2)
    }
}
