import EventMutation
import SessionTracing
import Testing
import Tracing

@Suite("Limits of a span")
struct TextLimitsTests {
    private func fixture(_ limits: TracingLimits) throws -> TracerFixture {
        try TracerFixture(policy: TracingPolicy(limits: limits))
    }

    @Test(
        "A text over the limit is cut between characters of UTF-8, and ends with …",
        arguments: [
            ("abcdefghij", 10, "abcdefghij"), ("abcdefghijk", 10, "abcdefg…"), ("abcdefghij", 3, "…"),
            ("ééééé", 10, "ééééé"), ("éééééx", 10, "ééé…"), ("éééééx", 9, "ééé…"), ("éééééx", 8, "éé…"),
            ("🐝🐝🐝", 12, "🐝🐝🐝"), ("🐝🐝🐝", 11, "🐝🐝…"), ("🐝🐝🐝", 10, "🐝…"), ("", 3, ""),
        ]
    )
    func cut(text: String, limit: Int, expected: String) async throws {
        let span = try await fixture(TracingLimits(valueBytes: limit)).record { span in
            span.setAttribute("plain", to: .string(text))
            span.enrich(inputs: ["field": .string(text)])
            span.setAttribute("list", to: .array([.string(text), 1, .string("x")]))
        }
        #expect(span.attributes["plain"] == .string(expected))
        #expect(span.attributes["honeyhive_inputs.field"] == .string(expected))
        #expect(span.attributes["list"] == .array([.string(expected), 1, "x"]))
    }

    @Test("Whatever the text, what is left is a front of it and fits")
    func cutProperty() async throws {
        let seed: UInt64 = 20_260_304
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<500 {
            let text = String.random(maximumScalars: 40, using: &generator)
            let limit = Int.random(in: 3...60, using: &generator)
            let cut = text.truncated(toUTF8Bytes: limit)
            #expect(cut.utf8.count <= limit, "seed \(seed), iteration \(iteration)")
            if text.utf8.count <= limit {
                #expect(cut.utf8.elementsEqual(text.utf8), "seed \(seed), iteration \(iteration)")
            } else {
                let front = Array(cut.utf8.dropLast("…".utf8.count))
                #expect(cut.utf8.elementsEqual(front + "…".utf8), "seed \(seed), iteration \(iteration)")
                #expect(text.utf8.starts(with: front), "seed \(seed), iteration \(iteration)")
                // At most the length of `…` and one scalar are lost.
                #expect(front.count > limit - "…".utf8.count - 4, "seed \(seed), iteration \(iteration)")
                #expect(String(validating: front, as: UTF8.self) != nil, "seed \(seed), iteration \(iteration)")
            }
        }
    }

    @Test("Texts of events, links and errors are cut to the same length")
    func eventTexts() async throws {
        struct Long: Error, CustomStringConvertible {
            let description = String(repeating: "e", count: 50)
        }
        let fixture = try fixture(TracingLimits(valueBytes: 13))
        let text = String(repeating: "x", count: 50)
        await #expect(throws: Long.self) {
            try await fixture.tracer.enrichSpanContext(eventName: "step") { span in
                span.addEvent(SpanEvent(name: "event", attributes: ["text": .string(text)]))
                span.addLink(SpanLink(context: fixture.root.context, attributes: ["text": .string(text)]))
                throw Long()
            }
        }
        let span = try fixture.spans.only("step")
        #expect(span.events.map { $0.attributes["text"] } == ["xxxxxxxxxx…", nil])
        #expect(span.events.map { $0.attributes["exception.message"] } == [nil, "eeeeeeeeee…"])
        #expect(span.links.map { $0.attributes["text"] } == ["xxxxxxxxxx…"])
        #expect(span.attributes["honeyhive_error"] == "eeeeeeeeee…")
    }

    @Test("An attribute over the count is dropped; one that is there can still change", arguments: [20, 40])
    func attributeCount(limit: Int) async throws {
        let span = try await fixture(TracingLimits(attributeCount: limit)).record { span in
            for index in 0..<100 { span.setAttribute("k\(index)", to: .int(index)) }
            span.setAttribute("k0", to: "changed")
        }
        let written = span.attributes.entries.count { $0.key.hasPrefix("k") }
        #expect(written < limit)
        #expect(written + span.attributes.droppedCount == 100)
        #expect(span.attributes["k0"] == "changed")
    }

    @Test("Even without room for any attribute, a span says which session it is of")
    func noRoom() async throws {
        let limits = TracingLimits(attributeCount: 0, valueBytes: 4, eventCount: 0, linkCount: 0)
        let span = try await fixture(limits).record { $0.enrich(inputs: ["k": 1], metadata: ["m": 2]) }
        #expect(span.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
        #expect(span.attributes["honeyhive_event_type"] == "tool")
        #expect(span.attributes["honeyhive_inputs.k"] == nil)
        #expect(span.attributes.droppedCount == 2)
    }

    @Test("Even without room for any attribute, a span says that it failed, and how")
    func noRoomForError() async throws {
        let fixture = try fixture(TracingLimits(attributeCount: 0))
        fixture.root.recordHTTPStatus(503)
        let failed = try await fixture.record { $0.recordErrorType("Boom") }
        #expect(failed.attributes["error.type"] == "Boom")
        fixture.tracer.endRootSpan()
        let root = try #require(fixture.spans.all.last)
        #expect(root.attributes["http.response.status_code"] == 503)
        #expect(root.attributes["error.type"] == "503")
    }

    @Test("What was dropped is counted on the wire", arguments: [SpanFormat.honeyHiveJSON, .json, .protobuf])
    func droppedOnTheWire(format: SpanFormat) async throws {
        let fixture = try fixture(TracingLimits(attributeCount: 0, eventCount: 2, linkCount: 1))
        let span = try await fixture.record { span in
            for index in 0..<7 { span.setAttribute("k\(index)", to: 1) }
            for _ in 0..<5 { span.addEvent("e") }
            for _ in 0..<4 { span.addLink(SpanLink(context: fixture.root.context, attributes: [:])) }
        }
        let request = SpanEncoder(format).request([span])
        if format == .protobuf {
            let wire = try WireMessage(request).message(1).message(2).message(2)
            #expect([wire[10], wire[12], wire[14]] == [.varint(7), .varint(3), .varint(3)])
            #expect([wire.values(11).count, wire.values(13).count] == [2, 1])
        } else {
            let wire = try #require(JSONNode(parsing: request)["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0])
            #expect(wire["droppedAttributesCount"] == 7)
            #expect(wire["droppedEventsCount"] == 3)
            #expect(wire["droppedLinksCount"] == 3)
            #expect([wire["events"]?.elements?.count, wire["links"]?.elements?.count] == [2, 1])
        }
    }
}
