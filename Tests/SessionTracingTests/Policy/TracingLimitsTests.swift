import EventMutation
import SessionTracing
import Testing
import Tracing

@Suite("The limits of a span")
struct TracingLimitsTests {
    private func fixture(_ limits: TracingLimits, baggage: Baggage = Baggage()) throws -> TracerFixture {
        try TracerFixture(sessionText: "conversation-42", baggage: baggage, policy: TracingPolicy(limits: limits))
    }

    /// Expects the attributes by which HoneyHive assigns a span to its session.
    private func expectFiled(_ span: SpanRecord, eventType: AttributeValue) {
        for prefix in ["honeyhive.", "traceloop.association.properties."] {
            #expect(span.attributes["\(prefix)session_id"] == "eb3f44a6-73c4-50bb-9173-d34d7c5dc9b2")
            #expect(span.attributes["\(prefix)project"] == "demo")
            #expect(span.attributes["\(prefix)source"] == "test")
        }
        #expect(span.attributes["honeyhive.session_name"] == "a session")
        #expect(span.attributes["honeyhive.session_auto_create"] == true)
        #expect(span.attributes["honeyhive_event_type"] == eventType)
    }

    @Test("Whatever the limits are, a span can be filed", arguments: [0, 1, 5, 12])
    func identity(limit: Int) async throws {
        let limits = TracingLimits(attributeCount: limit, valueBytes: limit, eventCount: limit, linkCount: limit)
        let span = try await fixture(limits).record("gpt") { $0.setAttribute("k", to: "v") }
        expectFiled(span, eventType: "model")
    }

    @Test("Attributes beyond the limit are dropped and counted; an error is not")
    func attributes() async throws {
        let span = try await fixture(TracingLimits(attributeCount: 30)).record { span in
            for index in 0..<100 { span.setAttribute("k\(index)", to: .int(index)) }
            span.enrich(error: "no credit")
        }
        #expect(span.attributes.entries.count == 32)
        #expect(span.attributes.entries.filter { $0.key.hasPrefix("k") }.count + span.attributes.droppedCount == 100)
        #expect(span.attributes["k0"] == 0)
        #expect(span.attributes["honeyhive_error"] == "no credit")
        expectFiled(span, eventType: "tool")
    }

    @Test("Texts beyond the limit are cut, lists one by one, and other values are not")
    func values() async throws {
        let long = String(repeating: "x", count: 100)
        let span = try await fixture(TracingLimits(valueBytes: 20)).record { span in
            span.setAttribute("text", to: .string(long))
            span.setAttribute("list", to: [.string(long), "short", ["deep": .string(long)]])
            span.setAttribute("number", to: .int(.max))
            span.enrich(inputs: ["k": .string(long)], error: long)
        }
        let cut = AttributeValue.string(String(repeating: "x", count: 17) + "…")
        #expect(span.attributes["text"] == cut)
        #expect(span.attributes["list"] == [cut, "short", ["deep": cut]])
        #expect(span.attributes["number"] == .int(.max))
        #expect(span.attributes["honeyhive_inputs.k"] == cut)
        #expect(span.attributes["honeyhive_error"] == cut)
        expectFiled(span, eventType: "tool")
    }

    @Test("Events and links beyond their limits are dropped and counted", arguments: [0, 1, 3])
    func eventsAndLinks(limit: Int) async throws {
        let span = try await fixture(TracingLimits(eventCount: limit, linkCount: limit)).record { span in
            for index in 0..<5 { span.addEvent(SpanEvent(name: "event \(index)")) }
            for _ in 0..<4 { span.addLink(SpanLink(context: span.context, attributes: [:])) }
        }
        #expect(span.events.map(\.name) == (0..<limit).map { "event \($0)" })
        #expect(span.droppedEventCount == 5 - limit)
        #expect(span.links.count == limit)
        #expect(span.droppedLinkCount == 4 - limit)
    }

    // MARK: Truncation

    @Test(
        "A text is cut between scalars, with a sign that there was more, and fits",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "ab…"), ("abcdef", 3, "…"), ("ääää", 8, "ääää"), ("ääää", 7, "ää…"),
            ("ääää", 6, "ä…"), ("🐝🐝", 7, "🐝…"), ("🐝🐝", 6, "…"), ("", 0, ""),
        ]
    )
    func truncation(text: String, maximum: Int, expected: String) {
        #expect(text.truncated(toUTF8Bytes: maximum) == expected)
    }

    @Test("Whatever a text is, what is cut is its front and not over the limit")
    func truncationOfAnything() throws {
        let seed: UInt64 = 20_260_601
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<2_000 {
            let text = String.random(maximumScalars: 30, using: &generator)
            let maximum = Int.random(in: 0...60, using: &generator)
            let cut = text.truncated(toUTF8Bytes: maximum)
            try #require(cut.utf8.count <= maximum, "seed \(seed), iteration \(iteration)")
            if text.utf8.count <= maximum {
                try #require(Array(cut.utf8) == Array(text.utf8), "seed \(seed), iteration \(iteration)")
            } else {
                let front = cut.unicodeScalars.last == "…" ? cut.unicodeScalars.dropLast() : cut.unicodeScalars[...]
                try #require(text.unicodeScalars.starts(with: front), "seed \(seed), iteration \(iteration)")
            }
        }
    }
}
