import EventMutation
import SessionTracing
import Testing

@Suite("Trace and span ids")
struct TraceAndSpanIDTests {
    @Test("Lower-case hexadecimal of the right length is read and written back")
    func roundTrip() throws {
        #expect(
            try #require(TraceID("0af7651916cd43dd8448eb211c80319c")).description == "0af7651916cd43dd8448eb211c80319c"
        )
        #expect(try #require(SpanID("00f067aa0ba902b7")).description == "00f067aa0ba902b7")
    }

    @Test(
        "An id of which one half is zero is valid",
        arguments: ["0000000000000000b7ad6b7169203331", "b7ad6b71692033310000000000000000"]
    )
    func halfZero(text: String) throws {
        #expect(try #require(TraceID(text)).description == text)
    }

    @Test(
        "Other text is no trace id",
        arguments: [
            "", "00000000000000000000000000000000", "0AF7651916CD43DD8448EB211C80319C",
            "0af7651916cd43dd8448eb211c80319", "0af7651916cd43dd8448eb211c80319c0", "0af7651916cd43dd8448eb211c80319g",
            "0af7651916cd43dd 448eb211c80319c", "+af7651916cd43dd8448eb211c80319c",
            // 32 characters, but not 32 bytes.
            "0af7651916cd43dd8448eb211c80319é",
        ]
    )
    func refusesTraceID(text: String) {
        #expect(TraceID(text) == nil)
    }

    @Test(
        "Other text is no span id",
        arguments: [
            "", "0000000000000000", "00F067AA0BA902B7", "00f067aa0ba902b", "00f067aa0ba902b70", "0xf067aa0ba902b7",
        ]
    )
    func refusesSpanID(text: String) {
        #expect(SpanID(text) == nil)
    }

    @Test("A generator that gives zero still makes valid ids")
    func zeroGenerator() {
        var generator = ConstantGenerator(value: 0)
        #expect(SpanID(using: &generator).description != "0000000000000000")
        #expect(TraceID(using: &generator).description != "00000000000000000000000000000000")
    }

    @Test("Ids have 16 digits for each 8 bytes, in lower case")
    func hexadecimal() throws {
        let seed: UInt64 = 20_261_102
        var generator = SeededGenerator(seed: seed)
        var span = try SpanRecord.sample()
        let edges: [UInt64] = [1, 9, 10, 15, 16, 0xA0, 0x9999_9999_9999_9999, 0xAAAA_AAAA_AAAA_AAAA, .max]
        for value in edges + (0..<500).map({ _ in generator.next() | 1 }) {
            let digits = String(value, radix: 16)
            let expected = String(repeating: "0", count: 16 - digits.count) + digits
            span.spanID = try #require(SpanID(value))
            span.traceID = try #require(TraceID(high: ~value, low: value))
            let json = try JSONNode(parsing: SpanEncoder(.json).encode(span))
            try #require(json["spanId"]?.text == expected, "seed \(seed)")
            try #require(json["traceId"]?.text == span.traceID.description, "seed \(seed)")
            try #require(span.spanID.description == expected, "seed \(seed)")
        }
    }
}
