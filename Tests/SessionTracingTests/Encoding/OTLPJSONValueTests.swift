import SessionTracing
import Testing

@Suite("Attribute values in OTLP's JSON")
struct OTLPJSONValueTests {
    private func attributes(_ values: [(String, AttributeValue)]) throws -> JSONNode {
        let request = try JSONNode(parsing: SpanEncoder(.json).request([.sample(attributes: values)]))
        return try #require(request["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0]?["attributes"])
    }

    @Test(
        "Each kind of value is written under its name, whole numbers as strings",
        arguments: [
            ("text", ["stringValue": "text"]),
            ("", ["stringValue": ""]),
            (true, ["boolValue": true]),
            (false, ["boolValue": false]),
            (0, ["intValue": "0"]),
            (.int(.max), ["intValue": "9223372036854775807"]),
            (.int(.min), ["intValue": "-9223372036854775808"]),
            (2.5, ["doubleValue": 2.5]),
            (.double(1), ["doubleValue": 1]),
            (.double(.nan), ["stringValue": "nan"]),
            (.double(.infinity), ["stringValue": "inf"]),
            (.double(-.infinity), ["stringValue": "-inf"]),
            ([], ["arrayValue": ["values": []]]),
            (
                [1, "a", [true]],
                [
                    "arrayValue": [
                        "values": [
                            ["intValue": "1"], ["stringValue": "a"], ["arrayValue": ["values": [["boolValue": true]]]],
                        ]
                    ]
                ]
            ),
            (
                [1, nil, [nil]],
                [
                    "arrayValue": [
                        "values": [
                            ["intValue": "1"], ["stringValue": ""], ["arrayValue": ["values": [["stringValue": ""]]]],
                        ]
                    ]
                ]
            ),
            ([:], ["kvlistValue": ["values": []]]),
            (
                ["k": ["n": 1]],
                [
                    "kvlistValue": [
                        "values": [
                            [
                                "key": "k",
                                "value": ["kvlistValue": ["values": [["key": "n", "value": ["intValue": "1"]]]]],
                            ]
                        ]
                    ]
                ]
            ),
        ] as [(AttributeValue, JSONNode)]
    )
    func values(value: AttributeValue, expected: JSONNode) throws {
        #expect(try attributes([("k", value)]) == [["key": "k", "value": expected]])
    }

    @Test("Strict collectors refuse an empty value, so none is ever written")
    func noEmptyValue() throws {
        let values: [(String, AttributeValue)] = [
            ("a", nil), ("b", [nil]), ("c", [[nil], nil, 1]), ("d", ["n": nil]), ("e", ["n": [nil, ["m": nil]]]),
            ("f", 1),
        ]
        let node = try attributes(values)
        #expect(!node.contains { $0["value"] == [:] })
        #expect(!node.contains { $0["values"]?.elements?.contains([:]) ?? false })
        // A null at the top level is omitted; the other attributes are kept.
        #expect(node.elements?.map { $0["key"] } == ["b", "c", "d", "e", "f"])
    }

    @Test("Keys and texts are escaped")
    func escapes() throws {
        let awkward = "\"quoted\"\\\n\u{0}\u{2028}🐝"
        #expect(
            try attributes([(awkward, .string(awkward))]) == [
                ["key": .string(awkward), "value": ["stringValue": .string(awkward)]]
            ]
        )
    }

    @Test("What is nested deeper than 32 levels is cut, and stays valid", arguments: [32, 33, 2_000])
    func depth(levels: Int) throws {
        var value: AttributeValue = "deep"
        for _ in 0..<levels { value = [value] }
        let text = String(
            decoding: SpanEncoder(.json).request([try .sample(attributes: [("k", value)])]),
            as: UTF8.self
        )
        #expect(text.split(separator: "arrayValue").count - 1 == min(levels, 32))
        #expect(text.contains(levels <= 32 ? #"{"stringValue":"deep"}"# : #"{"stringValue":"…"}"#))
        #expect(try attributes([("k", value)]).elements?.count == 1)
    }
}
