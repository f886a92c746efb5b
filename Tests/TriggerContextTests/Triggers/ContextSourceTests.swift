import SessionTracing
import Testing
import TriggerContext

@Suite("Every place of every trigger")
struct ContextSourceTests {
    private static let id = "11111111-2222-4333-8444-555555555555"
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// The context of the event or, for a batch, of its first record.
    private struct Found {
        var session: TriggerContext.FoundSession?
        var parent: TraceContext?
        var baggage: Baggage

        init(_ context: TriggerContext) {
            session = context.records.first.map(\.session) ?? context.session
            parent = context.records.first.map(\.parent) ?? context.parent
            baggage = context.records.first.map(\.baggage) ?? context.baggage
        }
    }

    @Test("An event as it comes names no caller", arguments: Fixture.names)
    func bare(_ name: String) throws {
        let context = try Fixture(name).context()
        #expect(context.isEmpty)
        #expect(context.records.allSatisfy { $0.session == nil && $0.parent == nil && $0.baggage.items.isEmpty })
        #expect(context.trigger == TriggerContext.extract(event: Array(try Fixture.data(name))).trigger)
    }

    @Test("A session's id is found, and its place named", arguments: ContextSource.all)
    func session(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        let trigger = try fixture.context().trigger
        try source.put(source.sessionKey, Self.id, into: &fixture)
        let context = try fixture.context()
        let found = Found(context)
        #expect(found.session?.text == Self.id)
        #expect(found.session?.origin == source.origin)
        #expect(found.parent == nil)
        #expect(context.trigger == trigger)
    }

    @Test("A traceparent is found", arguments: ContextSource.all.filter(\.hasFields))
    func parent(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        try source.put("traceparent", Self.traceparent, into: &fixture)
        let found = Found(try fixture.context())
        #expect(found.parent?.traceparent == Self.traceparent)
        #expect(found.session == nil)
    }

    @Test("Baggage is found, with the session in it", arguments: ContextSource.all.filter(\.hasFields))
    func baggage(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        try source.put("baggage", "session_id=\(Self.id),project=p,k=v", into: &fixture)
        let found = Found(try fixture.context())
        #expect(found.session?.text == Self.id)
        #expect(found.session?.origin == .baggage)
        #expect(found.baggage["k"] == "v")
    }

    /// The precedence of the specification.
    private static let order: [Session.Origin] = [.event, .baggage, .header, .queryParameter, .messageAttribute]

    @Test("Of two places in conflict the stronger counts", arguments: Fixture.names)
    func conflicts(_ event: String) throws {
        let sources = ContextSource.all.filter { $0.event == event }
        for first in sources {
            for second in sources where first.path != second.path {
                guard let strong = first.origin.flatMap(Self.order.firstIndex),
                    let weak = second.origin.flatMap(Self.order.firstIndex), strong < weak
                else { continue }
                var fixture = try Fixture(event)
                try second.put(second.sessionKey, "weak", into: &fixture)
                try first.put(first.sessionKey, "strong", into: &fixture)
                #expect(Found(try fixture.context()).session?.text == "strong", "\(first) and \(second)")
            }
        }
    }

    @Test("Baggage goes after the payload and before all else", arguments: ContextSource.all)
    func baggageRank(_ source: ContextSource) throws {
        let fields = ContextSource.all.first { $0.event == source.event && $0.hasFields && $0.path != source.path }
        guard let fields else { return }
        var fixture = try Fixture(source.event)
        try source.put(source.sessionKey, "other", into: &fixture)
        try fields.put("baggage", "session_id=carried", into: &fixture)
        #expect(Found(try fixture.context()).session?.text == (source.origin == .event ? "other" : "carried"))
    }

    @Test("The function's own path goes first of all", arguments: ContextSource.all)
    func ownPath(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        try source.put(source.sessionKey, "other", into: &fixture)
        fixture.put(["items": [["id": "own"]]], at: "conversation")
        let path = try #require(SessionPath("conversation.items.0.id"))
        #expect(try fixture.context(path: path).found == "event: own")
    }

    @Test("What invoked the function is recognised", arguments: zip(Fixture.names, Self.triggers))
    func trigger(_ name: String, expected: (Trigger.Kind, String)) throws {
        let trigger = try Fixture(name).context().trigger
        #expect(trigger.kind == expected.0)
        let request = trigger.http.map { "\($0.method ?? "-") \($0.route ?? "-") \($0.path ?? "-")" }
        #expect(request ?? trigger.destination ?? "" == expected.1)
    }

    private static let triggers: [(Trigger.Kind, String)] = [
        (.http, "GET - /"), (.http, "GET - /"), (.http, "POST /{proxy+} /hello/world"), (.http, "GET - /"),
        (.http, "POST $connect /hello/world"), (.datasource, "Example-Table"), (.pubsub, ""),
        (.pubsub, "AWSKafkaTopic"), (.pubsub, "simple-stream"), (.datasource, "sourcebucket"),
        (.pubsub, "snsNetTest"), (.pubsub, "SQSQueue"),
    ]
}
