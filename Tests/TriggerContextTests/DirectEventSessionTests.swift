import SessionTracing
import Testing
import TriggerContext

@Suite("The session of a direct event")
struct DirectEventSessionTests {
    private static let keys = [
        "session_id", "sessionId", "session-id", "honeyhive_session_id", "honeyhive.session_id",
    ]

    private func session(_ event: String) -> String? {
        TriggerContext.extract(event).found
    }

    @Test("Each key is found at the top level", arguments: keys)
    func topLevel(key: String) {
        #expect(session(#"{"\#(key)":"s-1"}"#) == "event: s-1")
        #expect(session(#"{"a":1,"b":{"c":[2]},"\#(key)":"s-1","d":null}"#) == "event: s-1")
    }

    @Test("Each key is found inside honeyhive and metadata", arguments: keys, ["honeyhive", "metadata"])
    func nested(key: String, scope: String) {
        #expect(session(#"{"a":1,"\#(scope)":{"b":[{}],"\#(key)":"s-1"},"c":2}"#) == "event: s-1")
    }

    @Test(
        "Other places are not searched",
        arguments: [
            #"{"body":{"session_id":"x"}}"#,
            #"{"honeyhive":{"honeyhive":{"session_id":"x"}}}"#,
            #"{"metadata":{"inner":{"session_id":"x"}}}"#,
            #"{"metadata":[{"session_id":"x"}]}"#,
            #"{"metadata":"session_id"}"#,
            #"{"list":[{"session_id":"x"}]}"#,
            #"{"_datadog":{"session_id":"x","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}"#,
            #"{"Session_Id":"x"}"#,
            #"{"SESSION_ID":"x"}"#,
            #"{"session_id ":"x"}"#,
            #"{"session_id2":"x"}"#,
            #"{"ession_id":"x"}"#,
            #"{"":"session_id"}"#,
            #"{"text":"{\"session_id\":\"x\"}"}"#,
        ]
    )
    func elsewhere(event: String) {
        #expect(TriggerContext.extract(event).isEmpty)
    }

    @Test(
        "A value that is no text and no number, or a blank one, is no session id",
        arguments: ["true", "null", "[]", #"["x","y"]"#, "{}", #"{"session_id":"x"}"#, #""""#, #"" ""#, #""\t\n""#]
    )
    func otherTypes(value: String) {
        #expect(session(#"{"session_id":\#(value)}"#) == nil)
        #expect(session(#"{"session_id":\#(value),"honeyhive":{"session_id":"s-1"}}"#) == "event: s-1")
        #expect(session(#"{"honeyhive":{"session_id":\#(value)}}"#) == nil)
    }

    @Test("Of a key that stands twice, the first one counts")
    func duplicates() {
        #expect(session(#"{"session_id":"first","session_id":"second"}"#) == "event: first")
        #expect(session(#"{"honeyhive":{"session_id":"first","session_id":"second"}}"#) == "event: first")
        #expect(session(#"{"honeyhive":{"session_id":"first"},"honeyhive":{"session_id":"second"}}"#) == "event: first")
    }

    @Test("A key at the top level is plainer than one inside, wherever it stands")
    func topBeforeNested() {
        #expect(session(#"{"honeyhive":{"session_id":"inner"},"session_id":"outer"}"#) == "event: outer")
        #expect(session(#"{"session_id":"outer","metadata":{"session_id":"inner"}}"#) == "event: outer")
    }

    // MARK: Escapes

    @Test(
        "Escapes in keys are undone before they are compared",
        arguments: [
            #"{"session\u005fid":"s-1"}"#, #"{"\u0073ession_id":"s-1"}"#, #"{"honeyhive":{"session\u002Did":"s-1"}}"#,
            #"{"\u0068oneyhive":{"session_id":"s-1"}}"#,
            #"{"\u006DETADATA":1,"\u006Detadata":{"sessionI\u0064":"s-1"}}"#,
            #"{"headers":{"\u0058-Session-\u0049D":"s-1"}}"#,
            #"{"h\u0065aders":{"x-session\u002did":"s-1"}}"#,
        ]
    )
    func escapedKeys(event: String) {
        #expect(TriggerContext.extract(event).session?.text == "s-1")
    }

    @Test(
        "A key whose escapes say something else is another key",
        arguments: [
            #"{"session\_id":"x"}"#, #"{"session\u005gid":"x"}"#, #"{"session\u005":"x"}"#,
            #"{"session_id\u0000":"x"}"#,
            #"{"session\u015fid":"x"}"#, #"{"\nsession_id":"x"}"#, #"{"session_id\\":"x"}"#, #"{"session\/id":"x"}"#,
            #"{"\ud800session_id":"x"}"#, #"{"session\u005Fi":"x"}"#, #"{"session\u005Fidd":"x"}"#,
        ]
    )
    func otherEscapedKeys(event: String) {
        #expect(TriggerContext.extract(event).isEmpty)
    }

    @Test(
        "Escapes in values are undone",
        arguments: [
            (#"a\u002db"#, "a-b"), (#"\"q\""#, "\"q\""), (#"\\"#, "\\"), (#"a\/b"#, "a/b"), (#"\ud83d\udc1d"#, "🐝"),
            (#"tab\tnew\nline"#, "tab\tnew\nline"), (#"\u00fC"#, "ü"), ("ü🐝", "ü🐝"), (#"ü\u00fc"#, "üü"),
            (#"cut \ud83d"#, "cut \u{FFFD}"),
            (#"\udc1d\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83dx"#, "\u{FFFD}x"),
        ]
    )
    func escapedValues(value: String, expected: String) {
        #expect(session(#"{"session_id":"\#(value)"}"#) == "event: \(expected)")
    }

    @Test(
        "A value whose escapes are malformed is none",
        arguments: [#"\x"#, #"\u12"#, #"\u12G4"#, #"\ud83d\u12"#, #"\u"#]
    )
    func malformedEscapes(value: String) {
        #expect(session(#"{"session_id":"\#(value)"}"#) == nil)
    }

    @Test("White space of JSON may stand anywhere between its parts")
    func whiteSpace() {
        #expect(session("\r\n\t {\n \"a\" :\t[ 1 , 2 ] ,\r\n\"session_id\"\n:\n\"s-1\" }\n") == "event: s-1")
    }

    @Test("Structure inside texts is text")
    func structureInText() {
        #expect(session(#"{"a":"}],{\"session_id\":\"x\"","b":"\\","session_id":"s-1"}"#) == "event: s-1")
        #expect(session(#"{"{":"}","[":["]","\"","\\\""],"session_id":"s-1"}"#) == "event: s-1")
    }

    @Test("A session id may be long, but not as long as a document", arguments: [(1_000, true), (100_000, false)])
    func length(count: Int, isTaken: Bool) {
        let text = String(repeating: "x", count: count)
        #expect(session(#"{"session_id":"\#(text)"}"#) == (isTaken ? "event: \(text)" : nil))
    }
}
