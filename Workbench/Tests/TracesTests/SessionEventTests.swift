import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("What is said of sessions beside spans")
struct SessionEventTests {
    let database: TraceDatabase

    init() throws {
        database = try TraceDatabase(inMemory: TraceRetention())
    }

    private func object(_ text: String) throws -> JSONObject {
        try #require(try JSONValue(parsing: text).object)
    }

    @Test("a session is there from its start on, with its name, and its fields are merged")
    func fields() async throws {
        let id = TestSpan.session
        let start = #"{"session_id":"x","session_name":"chat","metadata":{"a":1}}"#
        try await database.record(.sessionFields(id: id.uppercased(), try object(start)), at: .now)
        let more = #"{"event_id":"x","metadata":{"b":2},"outputs":{"y":2}}"#
        try await database.record(.sessionFields(id: id, try object(more)), at: .now)
        let session = try #require(try await database.archive.session(id))
        #expect(session.name == "chat")
        #expect(session.spanCount == 0)
        #expect(
            JSONValue.object(session.fields).text
                == #"{"session_name":"chat","metadata":{"a":1,"b":2},"outputs":{"y":2}}"#
        )
    }

    @Test("an event over REST is a span under its parent, and a later addition changes it")
    func events() async throws {
        let id = TestSpan.session
        let parent =
            #"{"event_id":"p","event_type":"chain","event_name":"plan","inputs":{},"start_time":1000,"end_time":1500}"#
        let child =
            #"{"event_id":"c","event_type":"model","event_name":"ask","parent_id":"p","inputs":{"q":[1]},"error":"no"}"#
        try await database.record(.event(sessionID: id, try object(parent)), at: .now)
        try await database.record(.event(sessionID: id, try object(child)), at: .now)
        try await database.record(
            .sessionFields(id: "c", try object(#"{"event_id":"c","outputs":{"a":true}}"#)),
            at: .now
        )
        let spans = try await database.archive.spans(of: id).map(\.span)
        #expect(spans.map(\.name) == ["plan", "ask"])
        let (plan, ask) = (try #require(spans.first), try #require(spans.last))
        #expect(plan.startNanoseconds == 1_000_000_000)
        #expect(plan.durationNanoseconds == 500_000_000)
        #expect(plan.parentID == nil)
        #expect(ask.parentID == plan.spanID)
        #expect(ask.traceID.hex == id.filter { $0 != "-" })
        #expect(NormalSpan(ask).error == "no")
        #expect(NormalSpan(ask).inputs == ["q": [1]])
        #expect(NormalSpan(ask).outputs == ["a": true])
        #expect(try await database.archive.session(id)?.spanCount == 2)
    }
}
