import Testing

@testable import LocalLambda

@Suite("The event and its session id")
struct FunctionEventTests {
    private func event(_ given: String?, sessionID: String?) throws -> FunctionEvent {
        try FunctionEvent(given: given.map { Array($0.utf8) }, sessionID: sessionID) { "new" }
    }

    @Test(
        "the session id is put in, and everything else stays as it is",
        arguments: [
            (nil, nil, #"{"session_id":"new"}"#, "new"),
            (nil, "given", #"{"session_id":"given"}"#, "given"),
            ("{}", "given", #"{"session_id":"given"}"#, "given"),
            (#"{"a":1.10,"session_id":"old","b":[]}"#, "given", #"{"a":1.10,"session_id":"given","b":[]}"#, "given"),
            (#"{"session_id":1,"session_id":2}"#, "given", #"{"session_id":"given"}"#, "given"),
            (#" { "session_id" : "own" } "#, nil, #" { "session_id" : "own" } "#, "own"),
            (#"{"body":"x"}"#, nil, #"{"body":"x"}"#, nil),
            (#"{"session_id":7}"#, nil, #"{"session_id":7}"#, nil),
            ("[1]", nil, "[1]", nil),
            ("{}", "a\"\u{1B}", #"{"session_id":"a\"\u001b"}"#, "a\"\u{1B}"),
        ] as [(String?, String?, String, String?)]
    )
    func sessionID(_ given: String?, _ id: String?, _ bytes: String, _ expected: String?) throws {
        let event = try event(given, sessionID: id)
        #expect(String(decoding: event.bytes, as: UTF8.self) == bytes)
        #expect(event.sessionID == expected)
    }

    @Test(
        "an event that is no JSON, or has no place for the id, is refused",
        arguments: [("{", nil), ("", nil), ("[1]", "given"), ("\"text\"", "given")] as [(String, String?)]
    )
    func refused(_ given: String, _ id: String?) {
        let error = #expect(throws: LocalLambdaError.self) { try event(given, sessionID: id) }
        #expect(error?.code == .badEvent)
    }

    @Test("an event over Lambda's limit is refused")
    func tooLarge() {
        let text = "\"" + String(repeating: "a", count: RuntimeLimits.eventBytes) + "\""
        #expect(throws: LocalLambdaError.self) { try event(text, sessionID: nil) }
    }
}
