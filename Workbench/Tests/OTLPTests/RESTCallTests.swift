import Testing

@testable import OTLP

@Suite("HoneyHive's REST calls")
struct RESTCallTests {
    private func fields(_ text: String) throws -> JSONFields {
        try JSONFields(try JSONValue(parsing: text), path: "$")
    }

    private func sessions(_ call: RESTCall) -> [String] {
        call.arrivals.compactMap { if case .event(let id, _) = $0 { id } else { nil } }
    }

    @Test("a session starts with the id that is given, or with a new one, bare or within 'session'")
    func start() throws {
        for body in [#"{"session":{"session_id":"a","source":"dev"}}"#, #"{"session_id":"a"}"#] {
            let call = try RESTCall.startSession(try fields(body))
            #expect(call.answer.object?["session_id"] == "a")
            #expect(call.answer.object?["event_id"] == "a")
            for name in ["org_id", "workspace_id", "project_id"] { #expect(call.answer.object?[name]?.string != nil) }
        }
        #expect(try RESTCall.startSession(try fields("{}")).answer.object?["session_id"]?.string?.count == 36)
    }

    @Test("an event gets the ids that it lacks")
    func event() throws {
        let call = try RESTCall.recordEvent(try fields(#"{"event":{"event_type":"tool","inputs":{}}}"#))
        let id = try #require(call.answer.object?["event_id"]?.string)
        guard case .event(let session, let event)? = call.arrivals.first else {
            Issue.record("no event")
            return
        }
        #expect(event["event_id"]?.string == id)
        #expect(event["session_id"]?.string == session)
    }

    @Test(
        "an event without its type or its inputs is refused",
        arguments: [#"{"event_type":"tool"}"#, #"{"inputs":{}}"#, #"{"event":{}}"#]
    )
    func incomplete(_ body: String) {
        #expect(throws: CollectorError.self) { try RESTCall.recordEvent(try fields(body)) }
    }

    @Test("a batch's events go to their own sessions, or to one when that is asked for")
    func batch() throws {
        let events = #""events":[{"event_type":"tool","inputs":{},"session_id":"a"},{"event_type":"tool","inputs":{}}]"#
        let own = try RESTCall.recordBatch(try fields("{\(events)}"))
        #expect(sessions(own).first == "a")
        #expect(Set(sessions(own)).count == 2)
        #expect(own.answer.object?["event_ids"]?.array?.count == 2)
        #expect(own.answer.object?["session_id"] == nil)
        let single = try RESTCall.recordBatch(try fields("{\(events),\"single_session\":true}"))
        #expect(sessions(single) == ["a", "a"])
        #expect(single.answer.object?["session_id"] == "a")
        let named = #"{\#(events),"single_session":true,"session_properties":{"session_id":"b","session_name":"n"}}"#
        #expect(sessions(try RESTCall.recordBatch(try fields(named))) == ["b", "b"])
    }

    @Test("a batch has a limit")
    func batchLimit() throws {
        let events = Array(repeating: "{}", count: RESTCall.batchEventLimitCount + 1).joined(separator: ",")
        #expect(throws: CollectorError.self) { try RESTCall.recordBatch(try fields("{\"events\":[\(events)]}")) }
    }
}
