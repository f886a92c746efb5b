import Testing
import Tracing

@testable import SessionTracing

@Suite("A span that is larger than a request")
struct SpanFittingTests {
    static let formats: [SpanFormat] = [.json, .honeyHiveJSON, .protobuf]
    private static let valueBytes = 262_144

    private static func text(_ unit: String, bytes: Int = valueBytes) -> String {
        String(repeating: unit, count: bytes / unit.utf8.count)
    }

    /// Returns the span as the buffer would send it.
    private static func sent(_ span: SpanRecord, _ format: SpanFormat) throws -> [UInt8] {
        let buffer = SpanBuffer(encoder: SpanEncoder(format))
        buffer.append(span)
        let batch = try #require(buffer.takeBatch())
        #expect(batch.spanCount == 1)
        #expect(buffer.takeDroppedSpanCount() == 0)
        return batch.bytes
    }

    private static func fitted(_ span: SpanRecord, _ format: SpanFormat) -> SpanRecord {
        let encoder = SpanEncoder(format)
        return span.fitted(toBytes: SpanBuffer.maximumBatchBytes) { encoder.encode($0).count }
    }

    private static func span(_ change: (inout SpanRecord) -> Void) throws -> SpanRecord {
        var span = try SpanRecord.sample()
        change(&span)
        return span
    }

    /// The kinds of data that can make a span too large.
    static let large: [(String, @Sendable (inout SpanRecord) -> Void)] = [
        (
            "inputs",
            { span in
                for index in 0..<30 { span.attributes.set("honeyhive_inputs.\(index)", to: .string(text("x"))) }
            }
        ),
        (
            "escapes",
            { span in for index in 0..<30 { span.attributes.set("a.\(index)", to: .string(text("\"\u{1}"))) } }
        ),
        (
            "some escapes",
            { span in
                for index in 0..<20 {
                    span.attributes.set("a.\(index)", to: .string(text(index < 10 ? "\u{1}" : "x")))
                }
            }
        ),
        (
            "letters of four bytes",
            { span in
                for index in 0..<30 { span.attributes.set("a.\(index)", to: .string(text("😀"))) }
            }
        ),
        (
            "a vector",
            { $0.attributes.set("vector", to: .array((0..<600_000).map { .double(Double($0) / 7) })) }
        ),
        (
            "a dictionary",
            { span in
                let members = (0..<60).map { ("key \($0)", AttributeValue.string(text("x"))) }
                span.attributes.set("a", to: .dictionary(Dictionary(uniqueKeysWithValues: members)))
            }
        ),
        ("the name", { $0.name = text("n", bytes: 9_000_000) }),
        ("the status", { $0.status = .error(message: text("m", bytes: 9_000_000)) }),
        (
            "events",
            { span in
                var list = AttributeList()
                list.set("text", to: .string(text("e")))
                span.events = (0..<30).map { .init(name: "e\($0)", unixNanoseconds: 1, attributes: list) }
            }
        ),
        (
            "links",
            { span in
                guard let link = span.links.first else { return }
                var list = AttributeList()
                list.set("text", to: .string(text("l")))
                span.links = Array(
                    repeating: .init(traceID: link.traceID, spanID: link.spanID, attributes: list),
                    count: 30
                )
            }
        ),
        (
            "small values of many events",
            { span in
                var list = AttributeList()
                for index in 0..<1_000 {
                    list.set("the key number \(index) of the attributes of one event", to: .int(index))
                }
                span.events = (0..<128).map { .init(name: "e\($0)", unixNanoseconds: 1, attributes: list) }
            }
        ),
        (
            "long keys",
            { span in
                for index in 0..<30 { span.attributes.set("\(index)" + text("k"), to: .int(index)) }
            }
        ),
    ]

    @Test("It fits into one request, whatever makes it large, in each format", arguments: formats, large.indices)
    func fits(format: SpanFormat, index: Int) throws {
        let (name, change) = Self.large[index]
        let span = try Self.span(change)
        let encoder = SpanEncoder(format)
        try #require(encoder.encode(span).count > SpanBuffer.maximumBatchBytes, "\(name)")
        let bytes = try Self.sent(span, format)
        #expect(bytes.count <= SpanBuffer.maximumBatchBytes, "\(name)")
        if format != .protobuf { _ = try JSONNode(parsing: bytes) }
        let fitted = Self.fitted(span, format)
        #expect(fitted.attributes[HoneyHiveField.truncated] == true)
        #expect(fitted.spanID == span.spanID && fitted.parentSpanID == span.parentSpanID)
        #expect(fitted.attributes["k"] == "v", "\(name): a small value stays")
    }

    @Test("Little more is cut than has to be", arguments: formats, [0, 1, 2, 3, 4, 6, 7])
    func cutsLittle(format: SpanFormat, index: Int) throws {
        let bytes = try Self.sent(try Self.span(Self.large[index].1), format)
        #expect(bytes.count > SpanBuffer.maximumBatchBytes * 3 / 4, "\(Self.large[index].0)")
    }

    @Test("The largest values are cut, to the same size, and end in an ellipsis")
    func largestFirst() throws {
        let span = try Self.span { span in
            span.attributes = AttributeList(maximumValueBytes: .max)
            span.attributes.set("small", to: .string(Self.text("s", bytes: 100_000)))
            span.attributes.set("large", to: .string(Self.text("l", bytes: 4_000_000)))
            span.attributes.set("larger", to: .string(Self.text("ü", bytes: 6_000_000)))
        }
        let fitted = Self.fitted(span, .protobuf)
        #expect(fitted.attributes["small"] == span.attributes["small"])
        guard case .string(let large) = fitted.attributes["large"],
            case .string(let larger) = fitted.attributes["larger"]
        else {
            Issue.record("no texts")
            return
        }
        #expect(large.hasSuffix("l…") && larger.hasSuffix("ü…"))
        #expect(abs(large.utf8.count - larger.utf8.count) < 4)
    }

    @Test("What is dropped is counted, and what names the span and its session stays")
    func dropped() throws {
        let fitted = Self.fitted(try Self.span(Self.large[10].1), .json)
        #expect(fitted.events.isEmpty)
        #expect(fitted.droppedEventCount == 3 + 128)
        #expect(fitted.droppedLinkCount == 4 + 1)
        let keys = Self.fitted(
            try Self.span { span in
                span.attributes.set(HoneyHiveField.sessionID, to: "id")
                Self.large[11].1(&span)
            },
            .json
        )
        #expect(keys.attributes.droppedCount > 0)
        #expect(keys.attributes[HoneyHiveField.sessionID] == "id")
    }

    @Test("A span that fits is sent as it is, without a mark", arguments: formats)
    func untouched(format: SpanFormat) throws {
        let span = try Self.span { span in
            span.attributes = AttributeList(maximumValueBytes: .max)
            span.attributes.set("a", to: .string(Self.text("x", bytes: 4_700_000)))
        }
        #expect(try Self.sent(span, format) == SpanEncoder(format).encode(span))
        #expect(Self.fitted(span, format).attributes[HoneyHiveField.truncated] == nil)
    }
}
