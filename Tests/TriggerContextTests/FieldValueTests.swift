import Foundation
import SessionTracing
import Testing
import TriggerContext

@Suite("The values of session keys and header fields, at every place")
struct FieldValueTests {
    private static let id = "11111111-2222-4333-8444-555555555555"
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// Returns the session that the source's own key names, and the places that cannot be used.
    private func found(_ source: ContextSource, _ value: Any) throws -> (session: String?, unusable: [String]) {
        var fixture = try Fixture(source.event)
        try source.put(source.sessionKey, value, into: &fixture)
        let context = try fixture.context()
        let session = context.records.first.map(\.session) ?? context.session
        return (session?.text, context.unusable)
    }

    @Test("A number is its text", arguments: ContextSource.all)
    func number(_ source: ContextSource) throws {
        let found = try found(source, 12345)
        #expect(found.session == "12345")
        #expect(found.unusable.isEmpty)
    }

    @Test(
        "A number's text is the one that was written",
        arguments: ["0", "-7", "1.0", "1.50", "1e3", "12345678901234567890123", "1.5E-10"]
    )
    func numberAsWritten(_ number: String) throws {
        for event in [
            #"{"session_id":\#(number)}"#, #"{"a":1,"metadata":{"sessionId": \#(number) }}"#,
            #"{"headers":{"x-session-id":\#(number)}}"#, #"{"X-Session-Id":[\#(number)]}"#,
        ] {
            #expect(TriggerContext.extract(event).session?.text == number)
        }
        let path = try #require(SessionPath("a.0"))
        let context = TriggerContext.extract(event: Array(#"{"a":[\#(number)]}"#.utf8), sessionPath: path)
        #expect(context.session?.text == number)
    }

    @Test("What is no text and no number names no session, and its place is told", arguments: ContextSource.all)
    func otherTypes(_ source: ContextSource) throws {
        let found = try found(source, true)
        #expect(found.session == nil)
        #expect(found.unusable.count == 1)
        #expect(found.unusable.first?.hasPrefix("\(source.sessionKey.lowercased()) in the ") == true)
    }

    @Test("null is no value, and neither is a blank text", arguments: ContextSource.all)
    func absent(_ source: ContextSource) throws {
        for value in [NSNull(), " "] as [Any] {
            let found = try found(source, value)
            #expect(found.session == nil)
            #expect(found.unusable.isEmpty)
        }
    }

    @Test(
        "Another type is told wherever it stands, once, and a usable value beside it counts",
        arguments: [
            (#"{"session_id":true,"sessionId":"s-1"}"#, ["session_id in the payload"], "s-1"),
            (#"{"session_id":["x"]}"#, [], "x"), (#"{"session_id":[1e3],"traceparent":["x"]}"#, [], "1e3"),
            (#"{"session_id":[["x"]]}"#, ["session_id in the payload"], nil),
            (#"{"session_id":["x","y"],"metadata":{"session_id":{"a":1}}}"#, ["session_id in the payload"], nil),
            (#"{"session_id":{"session_id":"x"},"x-session-id":"s-1"}"#, ["session_id in the payload"], "s-1"),
            (#"{"session_id":"\ud80"}"#, ["session_id in the payload"], nil),
            (#"{"headers":{"X-Session-Id":[true,"s-1"]}}"#, ["x-session-id in the headers"], "s-1"),
            (#"{"session_id":12x,"honeyhive":{"session_id":"s-1"}}"#, ["session_id in the payload"], "s-1"),
            (
                #"{"session_id":true,"headers":{"x-session-id":false}}"#,
                ["session_id in the payload", "x-session-id in the headers"], nil
            ),
        ] as [(String, [String], String?)]
    )
    func unusable(event: String, unusable: [String], session: String?) {
        let context = TriggerContext.extract(event)
        #expect(context.unusable == unusable)
        #expect(context.session?.text == session)
    }

    @Test("The value at the function's own path is told when it cannot be used", arguments: ["true", "{}", "[1]"])
    func path(value: String) throws {
        let path = try #require(SessionPath("a.id"))
        func context(_ value: String) -> TriggerContext {
            .extract(event: Array(#"{"a":{"id":\#(value)},"session_id":"s-1"}"#.utf8), sessionPath: path)
        }
        #expect(context(value).session?.text == "s-1")
        #expect(context(value).unusable == ["the value at the session path (TRACED_LAMBDA_SESSION_PATH)"])
        #expect(context("null").unusable.isEmpty)
    }

    // MARK: Header fields

    /// The places of documents that a caller writes.
    private static let documents = ContextSource.all.filter { $0.origin == .event }

    @Test("At the top of a document header fields have any case, and values in a list", arguments: documents)
    func headerFields(_ source: ContextSource) throws {
        for value in [Self.traceparent, [Self.traceparent]] as [Any] {
            var fixture = try Fixture(source.event)
            try source.put("TraceParent", value, into: &fixture)
            let context = try fixture.context()
            let parent = context.records.first.map(\.parent) ?? context.parent
            #expect(parent?.traceparent == Self.traceparent)
        }
    }

    @Test("So they have in an object headers", arguments: documents)
    func headersObject(_ source: ContextSource) throws {
        for value in [Self.id, [Self.id]] as [Any] {
            var fixture = try Fixture(source.event)
            try source.put("headers", ["X-SESSION-ID": value], into: &fixture)
            let context = try fixture.context()
            let session = context.records.first.map(\.session) ?? context.session
            #expect(session?.text == Self.id)
            #expect(session?.origin == .header)
        }
    }

    @Test("A dedicated header at the top of a document names the session", arguments: documents)
    func dedicatedHeader(_ source: ContextSource) throws {
        for (name, value) in [("x-session-id", Self.id), ("X-HoneyHive-Session-Id", [Self.id])] as [(String, Any)] {
            var fixture = try Fixture(source.event)
            try source.put(name, value, into: &fixture)
            let context = try fixture.context()
            let session = context.records.first.map(\.session) ?? context.session
            #expect(session?.text == Self.id)
            #expect(session?.origin == .header)
        }
    }

    @Test(
        "Title case, upper case and lists at the top of a payload",
        arguments: [
            #"{"Traceparent":"\#(traceparent)","Baggage":"session_id=s-1"}"#,
            #"{"TRACEPARENT":["\#(traceparent)"],"BAGGAGE":["k=v","session_id=s-1"]}"#,
            #"{"traceparent":["\#(traceparent)"],"tracestate":["a=1","b=2"],"baggage":["session_id=s-1"]}"#,
        ]
    )
    func anyCase(event: String) {
        let body = event.replacing("\"", with: #"\""#)
        for event in [event, #"{"Records":[{"eventSource":"aws:sqs","body":"\#(body)"}]}"#] {
            let context = TriggerContext.extract(event)
            #expect(context.parent?.traceparent == Self.traceparent)
            #expect(context.found == "baggage: s-1")
        }
    }

    @Test("A header sent twice, joined by a gateway, names the first session")
    func joinedHeader() {
        let event =
            #"{"version":"2.0","requestContext":{"http":{"method":"POST"}},"headers":{"x-session-id":"s-1,s-1"}}"#
        #expect(TriggerContext.extract(event).found == "header: s-1")
    }

    @Test("Baggage of more than 8,192 bytes is read as far as its limit", arguments: [9_000, 20_000, 60_000])
    func longBaggage(count: Int) {
        let rest = String(repeating: "x", count: count)
        let context = TriggerContext.extract(#"{"headers":{"baggage":"session_id=s-1,rest=\#(rest)"}}"#)
        #expect(context.found == "baggage: s-1")
        #expect(context.unusable.isEmpty)
    }

    // MARK: Byte order mark

    @Test(
        "A byte order mark before JSON is skipped, wherever the JSON stands",
        arguments: [
            "\u{FEFF}{\"session_id\":\"s-1\"}",
            "\u{FEFF} {\"metadata\":{\"session_id\":\"s-1\"}}",
            #"{"Records":[{"eventSource":"aws:sqs","body":"\#u{FEFF}{\"session_id\":\"s-1\"}"}]}"#,
            #"{"Records":[{"eventSource":"aws:sqs","body":"\ufeff{\"session_id\":\"s-1\"}"}]}"#,
            #"{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"\ufeff{\"session_id\":\"s-1\"}"}}]}"#,
            #"{"Records":[{"eventSource":"aws:sqs","body":"{\"TopicArn\":\"t\",\"Message\":\"\\ufeff{\\\"session_id\\\":\\\"s-1\\\"}\"}"}]}"#,
            #"{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"77u/eyJzZXNzaW9uX2lkIjoicy0xIn0="}}]}"#,
            #"{"version":"2.0","requestContext":{"http":{}},"isBase64Encoded":true,"body":"77u/eyJzZXNzaW9uX2lkIjoicy0xIn0="}"#,
            #"{"requestContext":{},"httpMethod":"POST","body":"\ufeff{\"session_id\":\"s-1\"}"}"#,
        ]
    )
    func byteOrderMark(event: String) {
        #expect(TriggerContext.extract(event).found == "event: s-1")
    }

    @Test("At the function's own path too")
    func byteOrderMarkInPath() throws {
        let path = try #require(SessionPath("body.id"))
        let event = "\u{FEFF}{\"body\":\"\u{FEFF}{\\\"id\\\":\\\"s-1\\\"}\"}"
        #expect(TriggerContext.extract(event: Array(event.utf8), sessionPath: path).session?.text == "s-1")
    }

    // MARK: The client context

    @Test(
        "The client context is searched at its top and in the caller's values",
        arguments: [
            "%@", #"{"custom":%@}"#, #"{"Custom":%@}"#, #"{"w3c":%@}"#, #"{"client":{"a":1},"custom":%@,"env":{}}"#,
        ]
    )
    func clientContext(text: String) {
        let keys = ["session_id", "sessionId", "session-id", "honeyhive_session_id", "honeyhive.session_id"]
        let fields =
            keys.map { #"{"\#($0)":"s-1"}"# } + [
                #"{"honeyhive":{"session_id":"s-1"}}"#, #"{"metadata":{"session_id":"s-1"}}"#,
                #"{"x-session-id":"s-1"}"#, #"{"X-HoneyHive-Session-Id":["s-1"]}"#, #"{"Baggage":"session_id=s-1"}"#,
                #"{"headers":{"Baggage":"session_id=s-1"}}"#,
            ]
        for field in fields {
            #expect(
                TriggerContext.extract("{}", clientContext: text.replacing("%@", with: field)).found
                    == "clientContext: s-1"
            )
        }
        let number = text.replacing("%@", with: #"{"session_id":12345,"TraceParent":"\#(Self.traceparent)"}"#)
        let context = TriggerContext.extract("{}", clientContext: number)
        #expect(context.found == "clientContext: 12345")
        #expect(context.parent?.traceparent == Self.traceparent)
        let unusable = text.replacing("%@", with: #"{"session_id":[]}"#)
        #expect(TriggerContext.extract("{}", clientContext: unusable).unusable == ["session_id in the client context"])
    }

    @Test(
        "Other parts of the client context, and a malformed one, name no session",
        arguments: [
            #"{"client":{"session_id":"x"}}"#, #"{"env":{"session_id":"x"}}"#, #"{"custom":"session_id"}"#, "", "[]",
            #"{"custom":{"session_id":"x"}"#, #"{"custom":{"session_id":"x"},}"#, "session_id",
        ]
    )
    func otherClientContext(text: String) {
        #expect(TriggerContext.extract("{}", clientContext: text).isEmpty)
    }
}
