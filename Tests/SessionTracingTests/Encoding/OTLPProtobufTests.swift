import SessionTracing
import Testing

/// The field numbers of https://github.com/open-telemetry/opentelemetry-proto, parsed by the test's own reader.
@Suite("Spans in OTLP's protobuf")
struct OTLPProtobufTests {
    private func spans(_ records: [SpanRecord]) throws -> [WireMessage] {
        try WireMessage(SpanEncoder(.protobuf).request(records)).message(1).message(2).messages(2)
    }

    private func span(_ record: SpanRecord) throws -> WireMessage {
        let spans = try spans([record])
        #expect(spans.count == 1)
        return try #require(spans.first)
    }

    private func bytes(hex: String) -> WireMessage.Value {
        let digits = Array(hex)
        return .bytes(
            stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
        )
    }

    @Test("Every field has its number and its wire type")
    func fields() throws {
        let record = try SpanRecord.sample()
        let span = try span(record)
        #expect(span[1] == bytes(hex: "5b8efff798038103d269b633813fc60c"))
        #expect(span[2] == bytes(hex: "00f067aa0ba902b7"))
        #expect(span.text(3) == "congo=t61rcWkgMzE")
        #expect(span[4] == bytes(hex: "eee19b7ec3c1b174"))
        #expect(span.text(5) == "retrieve")
        #expect(span[6] == .varint(3))
        #expect(span[7] == .fixed64(1_544_712_660_000_000_123))
        #expect(span[8] == .fixed64(1_544_712_661_300_000_456))
        #expect(try span.message(9).text(1) == "k")
        #expect(try span.message(9).message(2).text(1) == "v")
        #expect(span[12] == .varint(3))
        #expect(span[14] == .varint(4))
        #expect(try span.message(15).text(2) == "SearchError: empty")
        #expect(try span.message(15)[3] == .varint(2))
        #expect(span[16] == .fixed32(0x301))
        #expect(span.numbers == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16])
    }

    @Test("Events and links are messages of their own")
    func eventsAndLinks() throws {
        let record = try SpanRecord.sample()
        let span = try span(record)
        let events = try span.messages(11)
        #expect(events.map { $0[1] } == [.fixed64(1_700_000_000_000_000_001), .fixed64(.max)])
        #expect(events.map { $0.text(2) } == ["first", "second"])
        #expect(try events[0].message(3).text(1) == "count")
        #expect(try events[0].message(3).message(2)[3] == .varint(2))
        #expect(events[1].numbers == [1, 2])
        let link = try span.message(13)
        #expect(link[1] == bytes(hex: "0af7651916cd43dd8448eb211c80319c"))
        #expect(link[2] == bytes(hex: record.linkedSpanID))
        #expect(try link.message(4).text(1) == "why")
        #expect(try link.message(4).message(2).text(1) == "same batch")
    }

    @Test("What a span does not have is not written")
    func bare() throws {
        var record = try SpanRecord.sample(isRoot: true, status: .unset, attributes: [])
        record.traceState = nil
        record.events = []
        record.droppedEventCount = 0
        record.links = []
        record.droppedLinkCount = 0
        #expect(try span(record).numbers == [1, 2, 5, 6, 7, 8, 16])
    }

    @Test(
        "A status has a code, and a message only with an error",
        arguments: [
            (.ok, .varint(1), nil), (.error(message: ""), .varint(2), nil), (.error(message: "é"), .varint(2), "é"),
        ] as [(SpanRecord.Status, WireMessage.Value, String?)]
    )
    func statuses(status: SpanRecord.Status, code: WireMessage.Value, message: String?) throws {
        let written = try span(.sample(status: status)).message(15)
        #expect(written[3] == code)
        #expect(written.text(2) == message)
    }

    @Test("Attributes that were dropped are counted")
    func droppedAttributes() throws {
        var record = try SpanRecord.sample()
        record.attributes = AttributeList(maximumCount: 2)
        for index in 0..<500 { record.attributes.set("k\(index)", to: .int(index)) }
        #expect(try span(record)[10] == .varint(498))
        #expect(try span(record).messages(9).count == 2)
    }

    @Test("Attributes of events and links that were dropped are counted")
    func droppedElsewhere() throws {
        let span = try span(.overfilled())
        #expect(try span.message(11)[4] == .varint(6))
        #expect(try span.message(13)[5] == .varint(6))
    }

    /// The length of a message takes one byte up to 127, two up to 16,383, and so on.
    @Test(
        "Lengths around those that need one more byte are right, inside and outside",
        arguments: [0, 1, 60, 100, 126, 127, 128, 129, 16_300, 16_383, 16_384, 16_385, 2_097_151, 2_097_152]
    )
    func lengths(length: Int) throws {
        let text = String(repeating: "x", count: length)
        let span = try span(
            .sample(name: text, attributes: [(text, .string(text)), ("nested", ["k": [.string(text)]])])
        )
        #expect(span.text(5) == text)
        let pairs = try span.messages(9)
        #expect(pairs.count == 2)
        #expect(pairs[0].text(1) == text)
        #expect(try pairs[0].message(2).text(1) == text)
        let inner = try pairs[1].message(2).message(6).message(1)
        #expect(inner.text(1) == "k")
        #expect(try inner.message(2).message(5).message(1).text(1) == text)
    }

    @Test(
        "The envelope names the resource and the scope, and holds the spans in their order",
        arguments: [0, 1, 2, 300]
    )
    func envelope(count: Int) throws {
        let records = try (0..<count).map { try SpanRecord.sample(name: "span \($0)") }
        let request = try WireMessage(SpanEncoder(.protobuf).request(records))
        #expect(request.numbers == [1])
        let resourceSpans = try request.message(1)
        #expect(resourceSpans.numbers == [1, 2])
        let resource = try resourceSpans.message(1).message(1)
        #expect(resource.text(1) == "service.name")
        #expect(try resource.message(2).text(1) == "tests")
        let scopeSpans = try resourceSpans.message(2)
        #expect(try scopeSpans.message(1).text(1) == "swift-traced-lambda")
        #expect(try scopeSpans.message(1).text(2) == "1.2.3")
        #expect(try scopeSpans.messages(2).map { $0.text(5) } == (0..<count).map { "span \($0)" })
    }
}
