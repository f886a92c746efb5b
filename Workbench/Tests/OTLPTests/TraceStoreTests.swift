import TestSupport
import Testing

@testable import OTLP

@Suite("The store in memory")
struct TraceStoreTests {
    @Test("spans keep their order and the moment of their arrival")
    func order() throws {
        let store = InMemoryTraceStore()
        let first = ContinuousClock.now
        store.record(.spans([try TestSpan.make("a", id: 1), try TestSpan.make("b", id: 2)]), at: first)
        store.record(.spans([try TestSpan.make("c", id: 3)]), at: first + .seconds(1))
        let snapshot = store.snapshot()
        #expect(snapshot.spans.map(\.span.name) == ["a", "b", "c"])
        #expect(snapshot.spans.map(\.receivedAt) == [first, first, first + .seconds(1)])
    }

    @Test("a full store drops spans and counts them")
    func full() throws {
        let store = InMemoryTraceStore()
        let spans = [TraceSpan](repeating: try TestSpan.make("a", id: 1), count: InMemoryTraceStore.spanLimitCount - 1)
        store.record(.spans(spans), at: .now)
        store.record(.spans([TraceSpan](repeating: try TestSpan.make("b", id: 2), count: 3)), at: .now)
        let snapshot = store.snapshot()
        #expect(snapshot.spans.count == InMemoryTraceStore.spanLimitCount)
        #expect(snapshot.droppedSpanCount == 2)
    }

    @Test("enrichment merges maps and replaces outputs")
    func enrichment() throws {
        let store = InMemoryTraceStore()
        let updates = [
            #"{"session_id":"s","session_name":"n","metadata":{"a":1,"b":1},"outputs":{"x":1}}"#,
            #"{"event_id":"s","metadata":{"b":2,"c":3},"outputs":{"y":2},"feedback":{"f":true}}"#,
        ]
        for update in updates {
            store.record(.sessionFields(id: "s", try #require(try JSONValue(parsing: update).object)), at: .now)
        }
        store.record(.event(sessionID: "s", JSONObject()), at: .now)
        let record = try #require(store.snapshot().sessions.first)
        let expected =
            #"{"session_name":"n","metadata":{"a":1,"b":2,"c":3},"outputs":{"y":2},"feedback":{"f":true}}"#
        #expect(JSONValue.object(record.fields).text == expected)
        #expect(record.events.count == 1)
    }
}
