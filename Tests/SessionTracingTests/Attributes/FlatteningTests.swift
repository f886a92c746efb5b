import SessionTracing
import Testing

/// HoneyHive's flattened fields: `document.key`, `document.INDEX`.
@Suite("Flattening")
struct FlatteningTests {
    private func flattened(_ value: AttributeValue) -> [String: AttributeValue] {
        Dictionary(uniqueKeysWithValues: entries(["in": value]).map { ($0.key, $0.value) })
    }

    /// Returns the entries without the document's prefix.
    private func entries(_ members: [String: AttributeValue]) -> [(key: String, value: AttributeValue)] {
        var flattening = Flattening()
        flattening.append(members, to: .inputs)
        return flattening.entries.map { (String($0.key.dropFirst("honeyhive_inputs.".count)), $0.value) }
    }

    @Test("Scalars keep their type", arguments: ["text", 3, 2.5, true, false, ""] as [AttributeValue])
    func scalars(value: AttributeValue) {
        #expect(flattened(value) == ["in": value])
        #expect(flattened(["k": value]) == ["in.k": value])
    }

    @Test("Nested values are spread over dotted keys")
    func nested() {
        #expect(
            flattened(["a": ["b": ["c": 1, "d": [true, ["e": "x"]]]], "f": [[1, 2], [3]]]) == [
                "in.a.b.c": 1, "in.a.b.d.0": true, "in.a.b.d.1.e": "x", "in.f.0.0": 1, "in.f.0.1": 2, "in.f.1.0": 3,
            ]
        )
    }

    @Test("Null is skipped and keeps its index")
    func null() {
        #expect(flattened([1, nil, 2]) == ["in.0": 1, "in.2": 2])
        #expect(flattened(["a": nil, "b": 1]) == ["in.b": 1])
        #expect(flattened(nil) == [:])
    }

    @Test(
        "Empty containers give nothing",
        arguments: [[], [:], [[], [:]], ["a": [], "b": ["c": [:]]]] as [AttributeValue]
    )
    func empty(value: AttributeValue) {
        #expect(flattened(value) == [:])
    }

    /// The encoders convert them to names; here they are still numbers.
    @Test("NaN and infinities are kept")
    func notFinite() {
        #expect(
            flattened([.double(.infinity), .double(-.infinity)]) == [
                "in.0": .double(.infinity), "in.1": .double(-.infinity),
            ]
        )
        guard case .double(let number)? = flattened([.double(.nan)])["in.0"] else {
            Issue.record("NaN is gone")
            return
        }
        #expect(number.isNaN)
    }

    @Test("32 levels are spread, and one more is written as an ellipsis")
    func depth() {
        var value: AttributeValue = "deep"
        for _ in 0..<31 { value = ["k": value] }
        let key = "in" + String(repeating: ".k", count: 31)
        #expect(flattened(value) == [key: "deep"])
        #expect(flattened(["k": value]) == [key: "…"])
    }

    @Test("A value of 100,000 levels does no harm")
    func veryDeep() {
        var value: AttributeValue = 1
        for _ in 0..<100_000 { value = [value] }
        #expect(flattened(value).count == 1)
        value.dismantle()
    }

    @Test("Keys come in the same order each time, so that the same span is the same bytes")
    func order() {
        var members: [String: AttributeValue] = [:]
        for index in 0..<100 { members["k\(index)"] = .int(index) }
        #expect(entries(members).map(\.key) == members.keys.sorted())
    }
}

extension AttributeValue {
    /// Releases nested lists level by level: releasing 100,000 levels at once would overflow the stack.
    fileprivate mutating func dismantle() {
        while case .array(let elements) = self {
            self = .null
            self = elements.first ?? .null
        }
    }
}
