import SessionTracing
import Testing

/// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, and the dialect of HoneyHive's clients.
@Suite("Spans in OTLP's JSON")
struct OTLPJSONTests {
    private func span(_ record: SpanRecord, _ format: SpanFormat) throws -> JSONNode {
        let request = try JSONNode(parsing: SpanEncoder(format).request([record]))
        return try #require(request["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0])
    }

    @Test("Every field of the standard dialect has its name and its type")
    func standard() throws {
        let record = try SpanRecord.sample()
        #expect(
            try span(record, .json) == [
                "traceId": "5b8efff798038103d269b633813fc60c",
                "spanId": "00f067aa0ba902b7",
                "traceState": "congo=t61rcWkgMzE",
                "parentSpanId": "eee19b7ec3c1b174",
                "name": "retrieve",
                "kind": 3,
                "startTimeUnixNano": "1544712660000000123",
                "endTimeUnixNano": "1544712661300000456",
                "attributes": [["key": "k", "value": ["stringValue": "v"]]],
                "events": [
                    [
                        "timeUnixNano": "1700000000000000001", "name": "first",
                        "attributes": [["key": "count", "value": ["intValue": "2"]]],
                    ],
                    ["timeUnixNano": "18446744073709551615", "name": "second", "attributes": []],
                ],
                "droppedEventsCount": 3,
                "links": [
                    [
                        "traceId": "0af7651916cd43dd8448eb211c80319c",
                        "spanId": .string(record.linkedSpanID),
                        "attributes": [["key": "why", "value": ["stringValue": "same batch"]]],
                    ]
                ],
                "droppedLinksCount": 4,
                "status": ["code": 2, "message": "SearchError: empty"],
                "flags": 0x301,
            ]
        )
    }

    @Test("HoneyHive's dialect differs in the enums alone, for a span with a parent")
    func honeyHive() throws {
        let record = try SpanRecord.sample()
        guard case .object(var expected) = try span(record, .json) else { return }
        expected["kind"] = "SPAN_KIND_CLIENT"
        expected["status"] = ["code": "STATUS_CODE_ERROR", "message": "SearchError: empty"]
        #expect(try span(record, .honeyHiveJSON) == .object(expected))
    }

    @Test("A root has no parent in the standard, and a null one with HoneyHive")
    func root() throws {
        let record = try SpanRecord.sample(isRoot: true)
        #expect(try span(record, .json)["parentSpanId"] == nil)
        #expect(try span(record, .honeyHiveJSON)["parentSpanId"] == .null)
        #expect(try span(record, .json)["flags"] == 0x101)
    }

    @Test(
        "Kinds are numbers in the standard and names with HoneyHive",
        arguments: [
            (.internal, 1, "SPAN_KIND_INTERNAL"), (.server, 2, "SPAN_KIND_SERVER"), (.client, 3, "SPAN_KIND_CLIENT"),
            (.producer, 4, "SPAN_KIND_PRODUCER"), (.consumer, 5, "SPAN_KIND_CONSUMER"),
        ] as [(SpanRecord.Kind, JSONNode, JSONNode)]
    )
    func kinds(kind: SpanRecord.Kind, number: JSONNode, name: JSONNode) throws {
        var record = try SpanRecord.sample()
        record.kind = kind
        #expect(try span(record, .json)["kind"] == number)
        #expect(try span(record, .honeyHiveJSON)["kind"] == name)
    }

    @Test(
        "Statuses are numbers in the standard and names with HoneyHive",
        arguments: [
            (.unset, [:], ["code": "STATUS_CODE_UNSET"]),
            (.ok, ["code": 1], ["code": "STATUS_CODE_OK"]),
            (.error(message: ""), ["code": 2], ["code": "STATUS_CODE_ERROR"]),
            (
                .error(message: "\"\n"), ["code": 2, "message": "\"\n"],
                ["code": "STATUS_CODE_ERROR", "message": "\"\n"]
            ),
        ] as [(SpanRecord.Status, JSONNode, JSONNode)]
    )
    func statuses(status: SpanRecord.Status, standard: JSONNode, honeyHive: JSONNode) throws {
        let record = try SpanRecord.sample(status: status)
        #expect(try span(record, .json)["status"] == standard)
        #expect(try span(record, .honeyHiveJSON)["status"] == honeyHive)
    }

    @Test("Counts of what was dropped are left out when they are zero", arguments: [SpanFormat.json, .honeyHiveJSON])
    func nothingDropped(format: SpanFormat) throws {
        var record = try SpanRecord.sample()
        record.droppedEventCount = 0
        record.droppedLinkCount = 0
        record.links = []
        record.traceState = nil
        let names = try #require(try span(record, format).names)
        #expect(
            names == [
                "traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano",
                "attributes", "events", "status", "flags",
            ]
        )
    }

    @Test("Attributes that were dropped are counted", arguments: [SpanFormat.json, .honeyHiveJSON])
    func droppedAttributes(format: SpanFormat) throws {
        var record = try SpanRecord.sample()
        record.attributes = AttributeList(maximumCount: 2)
        for index in 0..<7 { record.attributes.set("k\(index)", to: .int(index)) }
        let span = try span(record, format)
        #expect(span["droppedAttributesCount"] == 5)
        #expect(span["attributes"]?.elements?.count == 2)
    }

    @Test("Attributes of events and links that were dropped are counted", arguments: [SpanFormat.json, .honeyHiveJSON])
    func droppedElsewhere(format: SpanFormat) throws {
        let span = try span(.overfilled(), format)
        #expect(span["events"]?[0]?["droppedAttributesCount"] == 6)
        #expect(span["links"]?[0]?["droppedAttributesCount"] == 6)
    }

    @Test(
        "The envelope names the resource and the scope, and holds the spans in their order",
        arguments: [0, 1, 2, 20]
    )
    func envelope(count: Int) throws {
        let records = try (0..<count).map { try SpanRecord.sample(name: "span \($0)") }
        for format in [SpanFormat.json, .honeyHiveJSON] {
            let request = try JSONNode(parsing: SpanEncoder(format).request(records))
            #expect(request.names == ["resourceSpans"])
            let resourceSpans = try #require(request["resourceSpans"]?.elements)
            #expect(resourceSpans.count == 1)
            #expect(
                resourceSpans[0]["resource"] == [
                    "attributes": [["key": "service.name", "value": ["stringValue": "tests"]]]
                ]
            )
            let scopeSpans = try #require(resourceSpans[0]["scopeSpans"]?.elements)
            #expect(scopeSpans.count == 1)
            #expect(scopeSpans[0]["scope"] == ["name": "swift-traced-lambda", "version": "1.2.3"])
            let spans = try #require(scopeSpans[0]["spans"]?.elements)
            #expect(spans.map { $0["name"]?.text } == (0..<count).map { "span \($0)" })
        }
    }
}
