import SessionTracing
import Testing
import Tracing

extension SpanRecord {
    /// Returns a span with a value in every field, and known ids and times.
    ///
    /// It has only the given attributes.
    static func sample(
        name: String = "retrieve",
        isRoot: Bool = false,
        status: Status = .error(message: "SearchError: empty"),
        attributes: [(String, AttributeValue)] = [("k", "v")]
    ) throws -> SpanRecord {
        let fixture = try TracerFixture()
        let other = try TracerFixture(
            parent: TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        )
        let span = fixture.root
        span.addEvent(
            SpanEvent(
                name: "first",
                at: FixedInstant(nanosecondsSinceEpoch: 1_700_000_000_000_000_001),
                attributes: ["count": 2]
            )
        )
        span.addEvent(SpanEvent(name: "second", at: FixedInstant(nanosecondsSinceEpoch: .max)))
        span.addLink(SpanLink(context: other.root.context, attributes: ["why": "same batch"]))
        fixture.tracer.endRootSpan()
        var record = try #require(fixture.spans.all.first)
        record.traceID = try #require(TraceID("5b8efff798038103d269b633813fc60c"))
        record.spanID = try #require(SpanID("00f067aa0ba902b7"))
        record.parentSpanID = isRoot ? nil : SpanID("eee19b7ec3c1b174")
        record.isParentRemote = !isRoot
        record.traceState = "congo=t61rcWkgMzE"
        record.name = name
        record.kind = .client
        record.startUnixNanoseconds = 1_544_712_660_000_000_123
        record.endUnixNanoseconds = 1_544_712_661_300_000_456
        record.attributes = AttributeList(maximumValueBytes: .max)
        for (key, value) in attributes { record.attributes.set(key, to: value) }
        record.droppedEventCount = 3
        record.droppedLinkCount = 4
        record.status = status
        return record
    }

    /// Returns a span with six more attributes, events and links than its limits allow, everywhere.
    static func overfilled() throws -> SpanRecord {
        var attributes: SpanAttributes = [:]
        for index in 0..<(TracingLimits.defaultAttributeCount + 6) { attributes.set("k\(index)", value: .int64(1)) }
        let fixture = try TracerFixture()
        fixture.root.addEvent(SpanEvent(name: "full", attributes: attributes))
        fixture.root.addLink(SpanLink(context: fixture.root.context, attributes: attributes))
        fixture.tracer.endRootSpan()
        return try #require(fixture.spans.all.first)
    }

    /// The id of the span to which ``sample(name:isRoot:status:attributes:)`` links, which differs in each run.
    var linkedSpanID: String { links.first?.spanID.description ?? "" }
}

extension SpanEncoder {
    init(_ format: SpanFormat) {
        var resource = AttributeList()
        resource.set("service.name", to: "tests")
        self.init(format: format, resource: resource, scopeVersion: "1.2.3")
    }

    /// Returns the body of a request with these spans.
    func request(_ spans: [SpanRecord]) -> [UInt8] {
        var batch: [UInt8] = []
        for (index, span) in spans.enumerated() {
            if index > 0 { batch += separator }
            batch += encode(span)
        }
        return envelope(batch)
    }
}
