import SessionTracing
import Testing
import TriggerContext

@Suite("Events of services that are not what they should be")
struct MalformedTriggerTests {
    private static let size = 6 * 1_024 * 1_024

    @Test("An event that is cut anywhere names no caller", arguments: Fixture.names)
    func truncated(_ name: String) throws {
        var fixture = try Fixture(name)
        fixture.put("s-1", at: "\(fixture.top)session_id")
        let event = try fixture.bytes
        let found = (0..<event.count).filter { count in
            let context = TriggerContext.extract(event: Array(event[..<count]))
            return !context.isEmpty || !context.records.isEmpty
        }
        #expect(found == [], "cut after so many bytes")
    }

    @Test(
        "A body that is no document says nothing, and the request's headers still count",
        arguments: [
            #""{""#, #""{\"session_id\":\"x\"""#, #""{\"session_id\":\"x\"}}""#, #""{\"session_id\":\"\\ud80\"}""#,
            #""\"{\\\"session_id\"""#, #""{\u00zz""#, "1", "null", "{}", "[]", #""""#, #""session_id=x""#,
            #""{\"session_id\":\"x\",\"metadata\":{,}}""#,
        ]
    )
    func body(_ body: String) {
        let event = #"{"requestContext":{},"httpMethod":"GET","headers":{"x-session-id":"h"},"body":\#(body)}"#
        #expect(TriggerContext.extract(event).found == "header: h")
    }

    @Test(
        "Base64 that is none says nothing",
        arguments: [
            "e", "e=", "eyJ", "eyJzZXNzaW9uX2lkIjoieCJ9=", "ey!zZXNzaW9uX2lkIjoieCJ9", "=", "====", "e30 ", "é30=",
        ]
    )
    func base64(_ data: String) {
        let event = #"{"Records":[{"eventSource":"aws:kinesis","kinesis":{"sequenceNumber":"1","data":"\#(data)"}}]}"#
        let context = TriggerContext.extract(event)
        #expect(context.records.map(\.id) == ["1"])
        #expect(context.records.allSatisfy { $0.session == nil })
    }

    @Test("Of members that stand twice the first counts")
    func duplicates() {
        let event =
            #"{"requestContext":{},"requestContext":1,"httpMethod":"GET","httpMethod":"PUT","body":"{\"session_id\":\"a\","#
            + #"\"session_id\":\"b\"}","body":"{\"session_id\":\"c\"}","queryStringParameters":{},"queryStringParameters":0}"#
        let context = TriggerContext.extract(event)
        #expect(context.found == "event: a")
        #expect(context.trigger.http?.method == "GET")
    }

    @Test(
        "10,000 levels and 6 MiB cost no stack, wherever they stand",
        arguments: [
            #"{"requestContext":{"http":*}}"#, #"{"requestContext":{},"httpMethod":"GET","headers":*}"#,
            #"{"Records":*}"#, #"{"Records":[*]}"#, #"{"Records":[{"eventSource":"aws:sqs","messageAttributes":*}]}"#,
            #"{"Records":[{"eventSource":"aws:dynamodb","dynamodb":{"NewImage":*}}]}"#,
            #"{"eventSource":"aws:kafka","records":*}"#, #"{"detail-type":"t","source":"s","detail":*}"#, "*",
        ]
    )
    func large(_ event: String) {
        let levels = 10_000
        let fillers = [
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels),
            String(repeating: #"{"a":"#, count: levels) + "0" + String(repeating: "}", count: levels),
            String(repeating: "9", count: Self.size), "[" + String(repeating: "[],", count: 1_000_000) + "{}]",
            String(repeating: "[", count: levels), "\"" + String(repeating: #"\""#, count: Self.size / 2) + "\"",
        ]
        let path = SessionPath("detail.a.0.a.id")
        for filler in fillers {
            let parts = event.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
            let context = TriggerContext.extract(event: parts[0] + filler.utf8 + parts[1], sessionPath: path)
            #expect(context.session == nil)
        }
    }
}
