import Testing
import Tracing

@testable import SessionTracing

@Suite("A span that is larger than a request")
struct SpanFittingTests {
    static let formats: [SpanFormat] = [.json, .honeyHiveJSON, .protobuf]
    /// A sixteenth of ``SpanBuffer/maximumBatchBytes``, and values a sixteenth of the default limit: cutting works the
    /// same at any size, and the whole suite takes seconds.
    private static let maximumBytes = 300_000
    private static let valueBytes = 16_384

    private static func text(_ unit: String, bytes: Int = valueBytes) -> String {
        String(repeating: unit, count: bytes / unit.utf8.count)
    }

    private static func fitted(
        _ span: SpanRecord,
        _ format: SpanFormat,
        toBytes maximum: Int = maximumBytes
    ) -> SpanRecord {
        let encoder = SpanEncoder(format)
        return span.fitted(toBytes: maximum) { encoder.encode($0).count }
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
            { $0.attributes.set("vector", to: .array((0..<37_500).map { .double(Double($0) / 7) })) }
        ),
        (
            "a dictionary",
            { span in
                let members = (0..<60).map { ("key \($0)", AttributeValue.string(text("x"))) }
                span.attributes.set("a", to: .dictionary(Dictionary(uniqueKeysWithValues: members)))
            }
        ),
        ("the name", { $0.name = text("n", bytes: 562_500) }),
        ("the status", { $0.status = .error(message: text("m", bytes: 562_500)) }),
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
                for index in 0..<62 {
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

    @Test("It fits, whatever makes it large, in each format", arguments: formats, large.indices)
    func fits(format: SpanFormat, index: Int) throws {
        let (name, change) = Self.large[index]
        let span = try Self.span(change)
        let encoder = SpanEncoder(format)
        try #require(encoder.encode(span).count > Self.maximumBytes, "\(name)")
        let fitted = Self.fitted(span, format)
        let bytes = encoder.encode(fitted)
        #expect(bytes.count <= Self.maximumBytes, "\(name)")
        if format != .protobuf { _ = try JSONNode(parsing: bytes) }
        #expect(fitted.attributes[HoneyHiveField.truncated] == true)
        #expect(fitted.spanID == span.spanID && fitted.parentSpanID == span.parentSpanID)
        #expect(fitted.attributes["k"] == "v", "\(name): a small value stays")
    }

    @Test("Little more is cut than has to be", arguments: formats, [0, 1, 2, 3, 4, 6, 7])
    func cutsLittle(format: SpanFormat, index: Int) throws {
        let fitted = Self.fitted(try Self.span(Self.large[index].1), format)
        #expect(SpanEncoder(format).encode(fitted).count > Self.maximumBytes * 3 / 4, "\(Self.large[index].0)")
    }

    @Test("A buffer sends it in one request, and counts no span as lost", arguments: formats)
    func sent(format: SpanFormat) throws {
        let buffer = SpanBuffer(encoder: SpanEncoder(format))
        let span = try Self.span { $0.name = Self.text("n", bytes: SpanBuffer.maximumBatchBytes) }
        buffer.append(span)
        let batch = try #require(buffer.takeBatch())
        #expect(batch.spanCount == 1)
        #expect(batch.bytes.count <= SpanBuffer.maximumBatchBytes)
        let fitted = Self.fitted(span, format, toBytes: SpanBuffer.maximumBatchBytes)
        #expect(batch.bytes == SpanEncoder(format).encode(fitted))
        #expect(buffer.takeDroppedSpanCount() == 0)
    }

    @Test("The largest values are cut, to the same size, and end in an ellipsis")
    func largestFirst() throws {
        let span = try Self.span { span in
            span.attributes = AttributeList(maximumValueBytes: .max)
            span.attributes.set("small", to: .string(Self.text("s", bytes: 6_000)))
            span.attributes.set("large", to: .string(Self.text("l", bytes: 250_000)))
            span.attributes.set("larger", to: .string(Self.text("ü", bytes: 375_000)))
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

    @Test("A span that fits stays as it is, without a mark", arguments: formats)
    func untouched(format: SpanFormat) throws {
        let span = try Self.span { span in
            span.attributes = AttributeList(maximumValueBytes: .max)
            span.attributes.set("a", to: .string(Self.text("x", bytes: Self.maximumBytes - 6_000)))
        }
        let fitted = Self.fitted(span, format)
        #expect(SpanEncoder(format).encode(fitted) == SpanEncoder(format).encode(span))
        #expect(fitted.attributes[HoneyHiveField.truncated] == nil)
    }
}
