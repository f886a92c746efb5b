import SessionTracing
import Testing
import WireText

@Suite("Values as plain JSON")
struct JSONValueTests {
    private func written(_ value: AttributeValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        "Each value is the JSON that it stands for, with keys in order",
        arguments: [
            (nil, "null"), ("a\"", #""a\"""#), (1, "1"), (2.5, "2.5"), (true, "true"), ([], "[]"), ([:], "{}"),
            ([1, nil, ["k": []]], #"[1,null,{"k":[]}]"#), (["b": 1, "a": [true, "x"]], #"{"a":[true,"x"],"b":1}"#),
            (.double(.nan), #""nan""#), ([.double(-.infinity)], #"["-inf"]"#),
        ] as [(AttributeValue, String)]
    )
    func values(value: AttributeValue, expected: String) {
        #expect(written(value) == expected)
    }

    @Test("What is nested deeper than 32 levels is cut", arguments: [(32, #""deep""#), (33, #""…""#)])
    func depth(levels: Int, innermost: String) {
        var value: AttributeValue = "deep"
        for _ in 0..<levels { value = [value] }
        #expect(written(value) == String(repeating: "[", count: 32) + innermost + String(repeating: "]", count: 32))
    }
}
