import Testing
import TracedLambda
import TracedLambdaTesting

/// Service B of the recordings is a function that receives the session id in its event; this is that function.
@Suite("Session ids as HoneyHive's own client takes them")
struct SessionIDTests {
    struct ServiceB: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) async -> NoOutput {
            await context.tracer.enrichSpanContext(eventName: "process_event") { _ in }
            return NoOutput()
        }
    }

    /// The differences required by HoneyHive's server.
    ///
    /// Version 5 UUIDs by Python's `uuid`: `uuid5(uuid5(NAMESPACE_DNS, "session.honeyhive.ai"), text)`.
    private static let differences: [String: Difference] = [
        "01_session_id_B_braced": .replaced(
            "id",
            with: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
            "the reference takes the braces over, and the server makes up an id in its place"
        ),
        "01_session_id_B_invalid": .replaced(
            "id",
            with: "f85b568d-3851-5ccb-b70a-2c760d4863c7",
            "the reference makes up an id; the same text is to mean the same session everywhere"
        ),
    ]

    @Test(
        "An event's session id becomes the one that the reference sends",
        arguments: [
            "01_session_id_B", "01_session_id_B_uppercase", "01_session_id_B_braced", "01_session_id_B_invalid",
        ]
    )
    func given(name: String) async throws {
        let recording = try Recording(name)
        let given = try #require(recording.document["given_session_id"]?.text)
        let recorded = try #require(recording.document["observed"]?["tracer.session_id"])
        let difference = Self.differences[name].map { [$0] } ?? []
        let expected = try Leaves(.object(["id": recorded])).applying(difference)

        let invocation = await LambdaTester(ServiceB()).invoke(json: #"{"session_id": "\#(given)"}"#)
        #expect(JSON.string(invocation.session.id.description) == expected.values["id"])
        #expect(invocation.spans.count == 2)
        #expect(invocation.spans.allSatisfy { $0.sessionID.map(JSON.string) == expected.values["id"] })
    }

    @Test("An event without a session id makes a session of its own, as the server does for the reference")
    func none() async throws {
        let recording = try Recording("01_session_id_B_none")
        #expect(recording.document["given_session_id"] == .null)
        #expect(try recording.request(to: "/session/start").body["session"]?["session_id"] == nil)

        let tester = LambdaTester(ServiceB())
        let ids = [await tester.invoke(json: "{}"), await tester.invoke(json: "{}")].map(\.session.id)
        #expect(ids[0] != ids[1])
        #expect(ids.allSatisfy { $0.description.count == 36 })
    }
}
