import EventMutation
import FoundationEssentials
import Testing
import WireText

/// Cases of RFC 8259, and comparisons with FoundationEssentials' reader, which shares no code with this one.
@Suite("The reader of JSON")
struct JSONReaderTests {
    /// Any JSON value: numbers and literals as their text.
    private indirect enum Tree: Equatable {
        case object([String: Tree])
        case array([Tree])
        case string(String)
        case scalar(String)

        init(_ value: JSONValue) throws {
            switch value {
            case .object(var reader):
                var members: [String: Tree] = [:]
                while let (name, value) = try reader.nextMember() {
                    let name = try Self.decoded(name)
                    if members[name] == nil { members[name] = try Tree(value) }
                }
                self = .object(members)
            case .array(var reader):
                var elements: [Tree] = []
                while let element = try reader.nextElement() { elements.append(try Tree(element)) }
                self = .array(elements)
            case .string(let text): self = .string(try Self.decoded(text))
            case .scalar(let text): self = .scalar(String(decoding: text, as: UTF8.self))
            }
        }

        private static func decoded(_ text: JSONText) throws -> String {
            guard let text = text.decoded() else { throw MalformedJSON() }
            return text
        }
    }

    private func tree(_ text: String) throws -> Tree {
        try Array(text.utf8).withUnsafeBufferPointer { try Tree(JSONValue($0)) }
    }

    private func withValue<Result>(_ text: String, _ body: (JSONValue) throws -> Result) rethrows -> Result {
        try Array(text.utf8).withUnsafeBufferPointer { try body(JSONValue($0)) }
    }

    // MARK: Structure

    @Test("White space is allowed around each token, and nowhere is needed (section 2)")
    func whiteSpace() throws {
        let expected = Tree.object(["a": .array([.scalar("1"), .object([:]), .array([])]), "b": .string(" x ")])
        #expect(try tree(#"{"a":[1,{},[]],"b":" x "}"#) == expected)
        #expect(try tree(" \t\r\n{ \"a\"\t:\r\n[ 1 , { } , [ ] ] , \"b\" : \" x \" } \n") == expected)
    }

    @Test("The first of two members of one name counts (section 4 leaves that open)")
    func duplicates() throws {
        let number = try withValue(#"{"a":1,"a":2,"\u0061":3}"#) { try $0.member("a")?.integer }
        #expect(number == 1)
    }

    @Test(
        "Malformed text ends the reading with an error",
        arguments: [
            "{", "[", "{]", "[}", "{,}", "[,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]",
            "{\"a\":1 \"b\":2}",
            "{a:1}", "{1:1}", "{\"a\"::1}", "{\"a\":1]", "[1}", "{\"a", "[\"a", "{\"a\\\":1}", "[[1,2]",
            "{\"a\":{\"b\":1}",
        ]
    )
    func malformed(_ text: String) {
        #expect(throws: MalformedJSON.self, "\(text)") { try tree(text) }
    }

    @Test("Text after the document is noticed")
    func trailing() throws {
        for (text, isWhole) in [("{} ", true), ("{}x", false), ("{\"a\":[]}{}", false), ("{\"a\":1}\n", true)] {
            let isAtEnd = try withValue(text) { value in
                var members = try #require(value.members)
                #expect(!members.isAtEndOfText())
                while try members.nextMember() != nil {}
                return members.isAtEndOfText()
            }
            #expect(isAtEnd == isWhole, "\(text)")
        }
        #expect(withValue("\"a\" x") { $0.string == nil })
        #expect(withValue(" \"a\" ") { $0.text } == "a")
    }

    @Test("A container is skipped when it is not read, and passed once when it is")
    func skipping() throws {
        let text = #"{"a":{"b":[1,"]}",{"c":"\"}"}]},"d":[[[]],{}],"e":2}"#
        try withValue(text) { value in
            #expect(try value.member("e")?.integer == 2)
            var members = try #require(value.members)
            let (_, inner) = try #require(try members.nextMember())
            #expect(try inner.member("b", before: &members)?.elements != nil)
            #expect(try members.nextMember()?.name.equals("d") == true)
            #expect(try members.nextMember()?.value.integer == 2)
            #expect(try members.nextMember() == nil)
            #expect(try members.nextMember() == nil)
        }
    }

    @Test("Depth costs no stack")
    func depth() throws {
        let open = String(repeating: "[", count: 100_000), close = String(repeating: "]", count: 100_000)
        #expect(try withValue("{\"a\":\(open)\(close),\"b\":1}") { try $0.member("b")?.integer } == 1)
        #expect(throws: MalformedJSON.self) { try withValue("{\"a\":\(open),\"b\":1}") { try $0.member("b")?.integer } }
    }

    // MARK: Strings

    @Test(
        "Each escape of section 7 is decoded",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0041\u00fc\u00FC\u20ac\u0000"#, "Aüü€\u{0}"),
            (#"\ud83d\udc1d"#, "🐝"), (#"a\uD83D\uDC1Db"#, "a🐝b"), ("ü€🐝\u{7F}", "ü€🐝\u{7F}"), ("", ""),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(withValue("\"\(text)\"") { $0.text } == expected)
    }

    @Test(
        "A malformed escape has no text",
        arguments: [#"\x"#, #"\u"#, #"\u12"#, #"\u12g4"#, #"\u+123"#, #"\U0041"#, #"\'"#, #"\ud800\u12"#, #"\ud800\x"#]
    )
    func malformedEscapes(_ text: String) {
        #expect(withValue("\"\(text)\"") { $0.string != nil && $0.text == nil })
    }

    @Test(
        "A lone surrogate is U+FFFD",
        arguments: [
            (#"\ud800"#, "\u{FFFD}"), (#"\ud800x"#, "\u{FFFD}x"), (#"\ud800\u0041"#, "\u{FFFD}A"),
            (#"\udc00"#, "\u{FFFD}"),
            (#"\ud800\ud800"#, "\u{FFFD}\u{FFFD}"), (#"\ud800\ud83d\udc1d"#, "\u{FFFD}🐝"), (#"\ud800\n"#, "\u{FFFD}\n"),
        ]
    )
    func loneSurrogates(text: String, expected: String) {
        #expect(withValue("\"\(text)\"") { $0.text } == expected)
    }

    @Test("Bytes that are no UTF-8 have no text, with and without an escape")
    func invalidUTF8() {
        for bytes in [[0x22, 0xC3, 0x28, 0x22], [0x22, 0xFF, 0x5C, 0x6E, 0x22]] as [[UInt8]] {
            #expect(bytes.withUnsafeBufferPointer { JSONValue($0).string != nil && JSONValue($0).text == nil })
        }
    }

    @Test(
        "The error of malformed text has its position",
        arguments: [
            (#"{"a" 1}"#, 5), (#"{"a":1"#, 6), (#"{"a":1 x"#, 7), (#"{"a":}"#, 5), (#"{"a":"b"#, 7), (#"{a"#, 1),
        ]
    )
    func positions(text: String, byte: Int) throws {
        let error = try #require(throws: MalformedJSON.self) {
            try withValue(text) { value in
                guard var members = value.members else { return }
                while try members.nextMember() != nil {}
            }
        }
        #expect(error.byte == byte)
    }

    @Test("Any text that the writer writes is read back", arguments: [false, true])
    func roundTrip(isASCIIOnly: Bool) throws {
        let seed: UInt64 = 20_261_130
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<2_000 {
            let name = String.random(maximumScalars: 10, using: &generator)
            let text = String.random(maximumScalars: 40, using: &generator)
            var writer = JSONWriter(isASCIIOnly: isASCIIOnly)
            writer.object { object in
                object.name(name)
                object.array { $0.string(text) }
            }
            try writer.bytes.withUnsafeBufferPointer { bytes in
                var members = try #require(JSONValue(bytes).members)
                let (readName, value) = try #require(try members.nextMember())
                var elements = try #require(value.elements)
                let read = try #require(try elements.nextElement())
                // Compares bytes, because Swift's strings are equal if they are canonically equivalent.
                try #require(
                    readName.decoded().map { Array($0.utf8) } == Array(name.utf8),
                    "seed \(seed), iteration \(iteration)"
                )
                try #require(
                    read.text.map { Array($0.utf8) } == Array(text.utf8),
                    "seed \(seed), iteration \(iteration)"
                )
            }
        }
    }

    @Test("A long string has a text only if its length is allowed")
    func longStrings() {
        let text = "\"" + String(repeating: "x", count: JSONText.maximumDecodedBytes + 1) + "\""
        #expect(withValue(text) { $0.text } == nil)
        #expect(
            withValue(text) { $0.string?.decoded(maximumBytes: 1 << 20)?.utf8.count } == JSONText.maximumDecodedBytes
                + 1
        )
    }

    // MARK: Names

    @Test("A name is compared with its escapes decoded, and without regard to case only where asked for")
    func names() {
        for text in [
            "traceparent", #"tr\u0061ceparent"#, #"\u0074\u0072\u0061\u0063\u0065\u0070\u0061\u0072\u0065\u006e\u0074"#,
        ] {
            #expect(withValue("\"\(text)\"") { $0.string?.equals("traceparent") } == true, "\(text)")
            #expect(withValue("\"\(text)\"") { $0.string?.matches("traceparent") } == true, "\(text)")
        }
        for text in ["Traceparent", "TRACEPARENT", #"\u0054raceparent"#] {
            #expect(withValue("\"\(text)\"") { $0.string?.equals("traceparent") } == false, "\(text)")
            #expect(
                withValue("\"\(text)\"") { $0.string?.equals("traceparent", ignoringCase: true) } == true,
                "\(text)"
            )
        }
        for text in ["", "traceparen", "traceparents", #"traceparen\u0000"#, #"traceparen\ud800"#, "tracepa\u{212A}"] {
            #expect(
                withValue("\"\(text)\"") { $0.string?.equals("traceparent", ignoringCase: true) } == false,
                "\(text)"
            )
        }
        let first = withValue("\"b\"") { $0.string?.first(of: ["a", "b", "c"])?.description }
        #expect(first == "b")
    }

    // MARK: Numbers and literals

    @Test(
        "Only whole numbers of up to 18 digits are integers",
        arguments: [
            ("0", 0), ("-1", -1), ("255", 255), ("999999999999999999", 999_999_999_999_999_999),
            ("1000000000000000000", nil),
            ("1.0", nil), ("1e3", nil), ("-", nil), ("+1", nil), ("true", nil), ("\"1\"", nil),
        ]
    )
    func integers(text: String, expected: Int?) {
        #expect(withValue(text) { $0.integer } == expected)
    }

    @Test("A number has its own text, a literal none")
    func numbers() {
        #expect(withValue("-1.5e+3") { $0.number } == "-1.5e+3")
        #expect(withValue("true") { $0.number } == nil)
        #expect(withValue("true") { $0.isTrue })
        #expect(withValue("false") { !$0.isTrue })
        #expect(withValue("\"true\"") { !$0.isTrue })
        #expect(withValue(String(repeating: "1", count: 65)) { $0.number } == nil)
    }

    // MARK: Against another reader

    /// The value as FoundationEssentials reads it, without numbers, whose text it does not keep.
    private struct Reference: Decodable {
        let tree: Tree?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                tree = .string(text)
            } else if let elements = try? container.decode([Reference].self) {
                tree = .array(elements.compactMap(\.tree))
            } else if let members = try? container.decode([String: Reference].self) {
                tree = .object(members.compactMapValues(\.tree))
            } else {
                // A string with a malformed escape is an error here.
                if !container.decodeNil(), (try? container.decode(Bool.self)) == nil {
                    _ = try container.decode(Double.self)
                }
                tree = nil
            }
        }
    }

    private static func withoutScalars(_ tree: Tree) -> Tree? {
        switch tree {
        case .object(let members): .object(members.compactMapValues(withoutScalars))
        case .array(let elements): .array(elements.compactMap(withoutScalars))
        case .string: tree
        case .scalar: nil
        }
    }

    @Test("What both readers can read is read alike, in mutated texts")
    func mutations() throws {
        let seed: UInt64 = 20_261_131
        var generator = SeededGenerator(seed: seed)
        let mutator = EventMutator(
            seeds: [
                #"{"a":["x",{"b\u0062":"\ud83d\udc1d\n","c":[1.5e3,null,true,""]},[]],"d":{},"e":"ü\\\"/"}"#,
                #" [ "a" , [ "b" , { "c" : "d" } ] , -0 , "\u00e9" ] "#,
            ].map { Array($0.utf8) }
        )
        var readCount = 0
        for iteration in 0..<20_000 {
            let text = mutator.mutated(using: &generator)
            let read = text.withUnsafeBufferPointer { try? Tree(JSONValue($0)) }
            // FoundationEssentials also reads a comma after the last element.
            guard let read, let expected = (try? JSONDecoder().decode(Reference.self, from: Data(text)))?.tree else {
                continue
            }
            // Of duplicate names, the two readers take different ones.
            guard String(decoding: text, as: UTF8.self).split(separator: "\":").count <= Self.nameCount(expected) + 1
            else { continue }
            readCount += 1
            try #require(
                Self.withoutScalars(read) == expected,
                "seed \(seed), iteration \(iteration): \(String(decoding: text, as: UTF8.self))"
            )
        }
        #expect(readCount > 1_000)
    }

    private static func nameCount(_ tree: Tree) -> Int {
        switch tree {
        case .object(let members): members.values.reduce(members.count) { $0 + nameCount($1) }
        case .array(let elements): elements.reduce(0) { $0 + nameCount($1) }
        case .string, .scalar: 0
        }
    }
}
