import SessionTracing
import Testing

@Suite("Attribute values in OTLP's protobuf")
struct OTLPProtobufValueTests {
    private func value(_ value: AttributeValue) throws -> WireMessage {
        let request = try WireMessage(SpanEncoder(.protobuf).request([.sample(attributes: [("k", value)])]))
        return try request.message(1).message(2).message(2).message(9).message(2)
    }

    @Test(
        "Each kind of scalar has its field",
        arguments: [
            ("text", 1, .bytes(Array("text".utf8))),
            ("", 1, .bytes([])),
            ("ü🐝", 1, .bytes(Array("ü🐝".utf8))),
            (true, 2, .varint(1)),
            (false, 2, .varint(0)),
            (0, 3, .varint(0)),
            (127, 3, .varint(127)),
            (128, 3, .varint(128)),
            (.int(.max), 3, .varint(0x7FFF_FFFF_FFFF_FFFF)),
            // int64 and not sint64: ten bytes of two's complement.
            (-1, 3, .varint(.max)),
            (.int(.min), 3, .varint(0x8000_0000_0000_0000)),
            (2.5, 4, .fixed64(0x4004_0000_0000_0000)),
            (.double(-0.0), 4, .fixed64(0x8000_0000_0000_0000)),
            (.double(.nan), 1, .bytes(Array("nan".utf8))),
            (.double(.infinity), 1, .bytes(Array("inf".utf8))),
            (.double(-.infinity), 1, .bytes(Array("-inf".utf8))),
        ] as [(AttributeValue, Int, WireMessage.Value)]
    )
    func scalars(value: AttributeValue, field: Int, expected: WireMessage.Value) throws {
        let written = try self.value(value)
        #expect(written[field] == expected)
        #expect(written.numbers == [field])
    }

    @Test("Lists and dictionaries are messages of values")
    func containers() throws {
        let list = try value([1, [true], [:], []]).message(5).messages(1)
        #expect(list.count == 4)
        #expect(list[0][3] == .varint(1))
        #expect(try list[1].message(5).message(1)[2] == .varint(1))
        #expect(list[2][6] == .bytes([]))
        #expect(list[3][5] == .bytes([]))
        let pairs = try value(["b": ["n": -5], "a": "x"]).message(6).messages(1)
        #expect(pairs.map { $0.text(1) } == ["a", "b"])
        #expect(try pairs[0].message(2).text(1) == "x")
        #expect(try pairs[1].message(2).message(6).message(1).message(2)[3] == .varint(UInt64(bitPattern: -5)))
    }

    @Test("A null in a list is an empty string, as in JSON, so that no index moves")
    func nullInList() throws {
        let list = try value([1, nil, 3]).message(5).messages(1)
        #expect(list.map(\.numbers) == [[3], [1], [3]])
        #expect(list[1].text(1) == "")
    }

    @Test("What is nested deeper than 32 levels is cut, and stays valid", arguments: [1, 32, 33, 2_000])
    func depth(levels: Int) throws {
        var deep: AttributeValue = "deep"
        for _ in 0..<levels { deep = ["k": deep] }
        var written = try value(deep)
        var count = 0
        while written[6] != nil {
            written = try written.message(6).message(1).message(2)
            count += 1
        }
        #expect(count == min(levels, 32))
        #expect(written.text(1) == (levels <= 32 ? "deep" : "…"))
    }
}
