import EventMutation
import FoundationEssentials
import SessionTracing
import Testing

/// Keys and containers follow the rules of JSONEncoder.
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

    @Test("Nested models, optionals, data and URLs are as in JSON, dates are texts; what is nil has no member")
    func document() throws {
        let expected: AttributeValue = [
            "kind": "final",
            "author": ["name": "a", "reviewer": [["name": "b", "reviewer": []]]],
            "tags": ["x": [1, nil, 3]],
            "written": "2001-01-01T00:00:01.500Z", "content": "AQL/", "link": "https://example.com/a?b=c",
            "isOpen": true, "one": 1, "share": 0.5,
        ]
        #expect(try AttributeValue(encoding: Document()) == expected)
    }

    @Test("The type of a number is that of the model, whatever its value")
    func numbers() throws {
        struct Numbers: Encodable {
            var int = 1, negative = Int8.min, small = UInt8.max, largest = Int64.max, smallest = Int64.min
            var whole = 1.0, part = 0.1, large = 1e300, zero = 0.0, float = Float(0.1), wholeFloat = Float(2)
            var optional: Double? = 3
            var beyond = UInt64(Int64.max) + 8, exact = UInt64(1) << 63, unsigned = UInt64(5)
            var wide = Int128.min, unsignedWide = UInt128.max, narrow = Int128(7), wideList = [UInt128.max, 8]
        }
        #expect(
            try AttributeValue(encoding: Numbers()) == [
                "int": 1, "negative": -128, "small": 255, "largest": .int(.max), "smallest": .int(.min), "whole": 1.0,
                "part": 0.1, "large": 1e300, "zero": 0.0, "float": 0.1, "wholeFloat": 2.0, "optional": 3.0,
                "beyond": "9223372036854775815", "exact": "9223372036854775808", "unsigned": 5,
                "wide": "-170141183460469231731687303715884105728",
                "unsignedWide": "340282366920938463463374607431768211455", "narrow": 7,
                "wideList": ["340282366920938463463374607431768211455", 8],
            ]
        )
    }

    @Test("Types whose number says nothing without a unit are texts, wherever they stand")
    func textTypes() throws {
        struct Model: Encodable {
            enum Change: Encodable { case moved(to: Date) }

            var at = Date(timeIntervalSince1970: 1_767_225_600)
            var maybe: Date? = Date(timeIntervalSince1970: 0.25)
            var list = [Date(timeIntervalSince1970: -1)]
            var named = ["x": Date.distantFuture]
            var range = Date(timeIntervalSince1970: 0)..<Date(timeIntervalSince1970: 1)
            var change = Change.moved(to: Date(timeIntervalSince1970: 0))
            var price = Decimal(string: "12345678901234567890.12")
            var whole = Decimal(5)
            var took = Duration.milliseconds(1_500)
            var id = UUID(uuidString: "11111111-2222-4333-8444-555555555555")
            var link = URL(string: "https://example.com/ü?q=1")
        }
        #expect(
            try AttributeValue(encoding: Model()) == [
                "at": "2026-01-01T00:00:00Z", "maybe": "1970-01-01T00:00:00.250Z", "list": ["1969-12-31T23:59:59Z"],
                "named": ["x": "4001-01-01T00:00:00Z"], "range": ["1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"],
                "change": ["moved": ["to": "1970-01-01T00:00:00Z"]], "price": "12345678901234567890.12", "whole": "5",
                "took": "1.5 seconds", "id": "11111111-2222-4333-8444-555555555555",
                "link": "https://example.com/%C3%BC?q=1",
            ]
        )
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
        #expect(
            try [String: AttributeValue].encoding(Date(timeIntervalSince1970: 0)) == ["value": "1970-01-01T00:00:00Z"]
        )
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

    // MARK: Against JSONEncoder

    private class Base: Encodable {
        var name = "base"
        private enum CodingKeys: String, CodingKey { case name }
    }

    private final class Derived: Base {
        enum Style: CaseIterable { case implicitKey, ownKey, merged, wholeThenMore }
        private enum CodingKeys: String, CodingKey { case own, parent, list, numbers }
        let style: Style

        init(_ style: Style) { self.style = style }

        override func encode(to encoder: any Encoder) throws {
            if style == .wholeThenMore {
                var whole = encoder.singleValueContainer()
                try whole.encode(["name": "whole"])
            }
            var container = encoder.container(keyedBy: CodingKeys.self)
            // The superclass is encoded after the containers were made.
            let parent = container.superEncoder()
            let named = container.superEncoder(forKey: .parent)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            try list.encodeNil()
            var inner = list.nestedContainer(keyedBy: CodingKeys.self)
            try inner.encode("x", forKey: .own)
            var deep = list.nestedUnkeyedContainer()
            try deep.encode(contentsOf: [1, 2])
            try super.encode(to: list.superEncoder())
            var numbers = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .numbers)
            try numbers.encode(1, forKey: .own)
            var again = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .numbers)
            try again.encodeIfPresent(String?.none, forKey: .list)
            try again.encodeNil(forKey: .parent)
            try container.encode(true, forKey: .own)
            switch style {
            case .implicitKey: try super.encode(to: parent)
            case .ownKey, .wholeThenMore: try super.encode(to: named)
            case .merged: try super.encode(to: encoder)
            }
        }
    }

    private struct Tree: Encodable {
        var label: String
        var children: [Tree]
        var index: [Int: String]
        var flags: Set<Bool>
        var pair: [[String: Bool?]]
    }

    private enum Shape: Encodable {
        case point
        case circle(radius: Int, label: String?)
        case polygon([Int])
    }

    private enum Level: Int, Encodable { case low = 1, high }

    private struct Wrapper: Encodable {
        let level: Level
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(level)
        }
    }

    private struct Nothing: Encodable {
        func encode(to encoder: any Encoder) throws {}
    }

    private struct Empty: Encodable {}

    private struct Keyed: Encodable, Hashable, CodingKeyRepresentable {
        var codingKey: any CodingKey { "key".codingKey }
        init() {}
        init?(codingKey: some CodingKey) {}
    }

    private static let models: [(name: String, model: any Encodable & Sendable)] = [
        ("text", "x"), ("flag", true), ("integer", 5), ("nothing", Int?.none), ("list", [1, 2]),
        ("texts by number", [3: "c"]),
        ("double keys", [true: "a"]), ("shapes", [Shape.point, .circle(radius: 1, label: nil), .polygon([1, 2])]),
        ("level", Level.high),
        ("wrapper", [Wrapper(level: .low)]), ("members that encode nothing", ["a": Nothing()]),
        ("elements that encode nothing", [Nothing(), Nothing()]), ("empty", Empty()),
        ("represented keys", [Keyed(): 1]),
        ("optionals", [1, nil, 3] as [Int?]),
        ("nested optionals", ["a": ["b": nil, "c": 1]] as [String: [String: Int?]]),
        ("range", 1..<5), ("set", Set([7])), ("bytes", [UInt8]([1, 2])), ("data", Data([1, 2])), ("empty text", ""),
        ("URL", URL(string: "a?b", relativeTo: URL(string: "https://example.com"))), ("interval", Double.nan.isNaN),
        ("components", DateComponents(year: 2026, month: 1)),
        ("UUID", UUID(uuidString: "11111111-2222-4333-8444-555555555555")),
        ("attribute value", ["a": [1, 2.5, nil, ["b": true]]] as AttributeValue),
        (
            "tree",
            Tree(
                label: "a",
                children: [Tree(label: "b", children: [], index: [:], flags: [], pair: [[:]])],
                index: [1: "x", -2: "y"],
                flags: [true],
                pair: [["a": true, "b": nil]]
            )
        ),
    ]

    @Test("Models without doubles and dates are encoded as by JSONEncoder", arguments: models.indices)
    func likeJSONEncoder(_ index: Int) throws {
        let (name, model) = Self.models[index]
        let json = try JSONEncoder().encode(model)
        #expect(try AttributeValue(encoding: model) == JSONDecoder().decode(AttributeValue.self, from: json), "\(name)")
    }

    @Test("Superclasses and containers in any order are encoded as by JSONEncoder", arguments: Derived.Style.allCases)
    private func inheritance(_ style: Derived.Style) throws {
        let model = Derived(style)
        let json = try JSONEncoder().encode(model)
        #expect(try AttributeValue(encoding: model) == JSONDecoder().decode(AttributeValue.self, from: json))
    }

    @Test("Random trees are encoded as by JSONEncoder")
    func randomTrees() throws {
        let seed: UInt64 = 20_261_205
        var generator = SeededGenerator(seed: seed)
        func tree(_ depth: Int) -> Tree {
            let count = depth == 0 ? 0 : Int.random(in: 0...3, using: &generator)
            return Tree(
                label: .random(maximumScalars: 8, using: &generator),
                children: (0..<count).map { _ in tree(depth - 1) },
                index: [Int.random(in: -5...5, using: &generator): .random(maximumScalars: 4, using: &generator)],
                flags: Bool.random(using: &generator) ? [true] : [],
                pair: [
                    [String.random(maximumScalars: 4, using: &generator): Bool.random(using: &generator) ? nil : true]
                ]
            )
        }
        for iteration in 0..<200 {
            let model = tree(3)
            let expected = try JSONDecoder().decode(AttributeValue.self, from: JSONEncoder().encode(model))
            try #require(try AttributeValue(encoding: model) == expected, "seed \(seed), iteration \(iteration)")
        }
    }

    @Test("A model that encodes nothing throws, as with JSONEncoder")
    func nothing() {
        #expect(throws: EncodingError.self) { try AttributeValue(encoding: Nothing()) }
    }

    @Test("The model's own error is thrown, and an error has the path to its value")
    func errors() throws {
        struct Failure: Error {}
        struct Failing: Encodable {
            func encode(to encoder: any Encoder) throws {
                #expect(encoder.codingPath.map(\.stringValue) == ["list", "Index 1"])
                throw Failure()
            }
        }
        struct Model: Encodable {
            enum Element: Encodable {
                case fine, failing
                func encode(to encoder: any Encoder) throws {
                    if self == .failing { try Failing().encode(to: encoder) }
                }
            }
            var list = [Element.fine, .failing]
        }
        #expect(throws: Failure.self) { try AttributeValue(encoding: Model()) }
    }

    @Test("A model is encoded up to 512 levels; a deeper one, or one that contains itself, throws and says so")
    func depth() throws {
        final class Link: Encodable {
            var next: Link?
            init(_ next: Link?) { self.next = next }
        }
        func chain(_ count: Int) -> Link { (1..<count).reduce(Link(nil)) { link, _ in Link(link) } }
        _ = try AttributeValue(encoding: chain(512))
        let cycle = Link(nil)
        cycle.next = cycle
        defer { cycle.next = nil }
        for model in [chain(513), cycle] {
            let error = try #require(throws: EncodingError.self) { try AttributeValue(encoding: model) }
            guard case .invalidValue(_, let context) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(context.debugDescription == "it is nested deeper than 512 levels")
        }
        var value = AttributeValue.array([])
        for _ in 1..<512 { value = .array([value]) }
        #expect(try AttributeValue(encoding: value) == value)
        #expect(throws: EncodingError.self) { try AttributeValue(encoding: AttributeValue.array([value])) }
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
