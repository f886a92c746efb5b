import SessionTracing
import Testing
import TriggerContext

/// The function runs with any event: a malformed one has no session, and the event's decoder reports the error.
@Suite("Events that are not what they should be")
struct MalformedEventTests {
    private static let session = #""session_id":"s-1""#

    @Test(
        "An event that is no object and no array has no session",
        arguments: [
            "", " ", "\n", "null", "true", "1", "-1.5e3", #""text""#, #""session_id""#, "[]", "[{\(session)}",
            "[{\(session)}]]",
            "[\(session)]",
            "session_id=s-1", "<session_id>s-1</session_id>", "{\(session)}\u{FEFF}", "{", "}", "[", "]", ":", ",",
            "\"",
            "\\", "\u{0}",
        ]
    )
    func noObject(event: String) {
        #expect(TriggerContext.extract(event).isEmpty)
    }

    @Test(
        "Malformed JSON has no session, wherever it breaks",
        arguments: [
            // Before the session.
            "{,\(session)}", "{:\(session)}", "{\"a\" 1,\(session)}", "{\"a\":,\(session)}", "{a:1,\(session)}",
            "{\"a\":1 \(session)}", "{\"a\":1;\(session)}", "{1:2,\(session)}", "{\"a\":[1,\(session)}",
            "{\"a\":]},\(session)}",
            "{\"a\":{\"b\":1,\(session)}", "{{\(session)}}", "{\"a\":\"b,\(session)}", "{'a':1,\(session)}",
            "{\"honeyhive\":{,\(session)}}", "{\"honeyhive\":{\"a\",\(session)}}", "{\"headers\":{\"a\":},\(session)}",
            // After it.
            "{\(session)", "{\(session),", "{\(session),}", "{\(session)]", "{\(session),\"a\"}", "{\(session),\"a\":}",
            "{\(session) \"a\":1}", "{\(session),\"a\":[}", "{\"honeyhive\":{\(session)}",
            "{\"honeyhive\":{\(session),}}",
            // After the object.
            "{\(session)}}", "{\(session)}{}", "{\(session)},", "{\(session)} x",
        ]
    )
    func malformed(event: String) {
        #expect(TriggerContext.extract(event).isEmpty)
    }

    @Test("An event that is cut anywhere has no session")
    func truncated() {
        let event = Array(
            #"""
            {"a":[1,{"b":"c\"d"}],"session_id":"s-1","headers":{"baggage":"k=v","x-session-id":"s-2"},"metadata":{"k":null}}
            """#.utf8
        )
        #expect(!TriggerContext.extract(event: event).isEmpty)
        let found = (0..<event.count).filter { !TriggerContext.extract(event: Array(event[..<$0])).isEmpty }
        #expect(found == [], "cut after so many bytes")
    }

    @Test("A member that breaks leaves nothing of the event's other members", arguments: ["traceparent", "baggage"])
    func nothingIsKept(name: String) {
        let value = name == "baggage" ? "k=v" : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(!TriggerContext.extract(#"{"\#(name)":"\#(value)"}"#).isEmpty)
        #expect(TriggerContext.extract(#"{"\#(name)":"\#(value)""#).isEmpty)
    }

    @Test(
        "Bytes that are no UTF-8 are no session id",
        arguments: [[0xFF], [0xC3], [0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF]] as [[UInt8]]
    )
    func badUTF8(bytes: [UInt8]) {
        for text in [bytes, Array("s-".utf8) + bytes, Array(#"\n"#.utf8) + bytes] {
            let event = Array(#"{"session_id":""#.utf8) + text + Array(#""}"#.utf8)
            #expect(TriggerContext.extract(event: event).isEmpty)
            let header = Array(#"{"headers":{"x-session-id":""#.utf8) + text + Array(#""}}"#.utf8)
            #expect(TriggerContext.extract(event: header).isEmpty)
        }
    }

    @Test("Bytes that are no UTF-8 do no harm in keys")
    func badUTF8Keys() {
        let event =
            Array(#"{""#.utf8) + [0xFF, 0xC3] + Array(#"":1,"headers":{""#.utf8) + [0xFE] + Array(#"":"x"}}"#.utf8)
        #expect(TriggerContext.extract(event: event).isEmpty)
    }

    // MARK: Depth and size

    @Test(
        "100,000 levels cost no stack",
        arguments: ["[", "{\"a\":", "{\"honeyhive\":", "{\"headers\":", "[{\"metadata\":["]
    )
    func deepAndOpen(level: String) {
        #expect(TriggerContext.extract(String(repeating: level, count: 100_000)).isEmpty)
        #expect(TriggerContext.extract("{\"a\":" + String(repeating: level, count: 100_000)).isEmpty)
    }

    @Test("What stands after 100,000 levels is found")
    func deepAndClosed() {
        let list = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let object = String(repeating: "{\"a\":", count: 100_000) + "1" + String(repeating: "}", count: 100_000)
        #expect(TriggerContext.extract("{\"l\":\(list),\"o\":\(object),\(Self.session)}").session?.text == "s-1")
        #expect(TriggerContext.extract("{\"headers\":{\"l\":\(list)},\(Self.session)}").session?.text == "s-1")
    }

    @Test("An event of 6 MiB is read to its end", arguments: ["text", "names"])
    func large(kind: String) {
        let size = 6 * 1_024 * 1_024
        let filler =
            switch kind {
            case "text": "\"text\":\"" + String(repeating: "x", count: size) + "\""
            default: "\"o\":{" + String(repeating: "\"name\":0,", count: size / 9) + "\"z\":0}"
            }
        #expect(TriggerContext.extract("{\(filler),\(Self.session)}").session?.text == "s-1")
    }

    @Test(
        "A member that stands many thousand times hides nothing that comes after it",
        arguments: [
            #""baggage":"a=1""#, #""tracestate":"a=1""#, #""x-session-id":"s-1""#, #""\u0062aggage":"\u0061=1""#,
            #""\n":"\n""#, #""session_id":"\n""#,
        ]
    )
    func repeated(member: String) {
        let filler = String(repeating: "\(member),", count: 5_000)
        for event in ["{\(filler)\(Self.session)}", "{\"headers\":{\(filler)\"z\":0},\(Self.session)}"] {
            #expect(TriggerContext.extract(event).session?.text == "s-1")
        }
    }

    @Test("An event of 6 MiB that never ends has no session", arguments: ["\"", "[", "{", "\\", " ", "0", "\"a\":"])
    func largeAndOpen(text: String) {
        let filler = String(repeating: text, count: 6 * 1_024 * 1_024 / text.utf8.count)
        #expect(TriggerContext.extract("{\(Self.session),\"a\":\(filler)").isEmpty)
    }
}
