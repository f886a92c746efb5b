import SessionTracing
import Testing
import TriggerContext

/// The order of precedence: payload, baggage, dedicated header, client context.
@Suite("Which of several sessions counts")
struct PrecedenceTests {
    private static let baggage = #""baggage":"session_id=from-baggage""#
    private static let header = #""x-session-id":"from-header""#

    @Test(
        "The payload goes before the baggage, the baggage before the header, wherever they stand",
        arguments: [
            ("{\"session_id\":\"s-1\",\"headers\":{\(baggage),\(header)}}", "s-1", Session.Origin.event),
            ("{\"headers\":{\(baggage),\(header)},\"session_id\":\"s-1\"}", "s-1", .event),
            ("{\"headers\":{\(baggage),\(header)},\"metadata\":{\"session_id\":\"s-1\"}}", "s-1", .event),
            ("{\"headers\":{\(header),\(baggage)}}", "from-baggage", .baggage),
            ("{\(baggage),\"headers\":{\(header)}}", "from-baggage", .baggage),
            ("{\"headers\":{\(header),\"baggage\":\"k=v\"}}", "from-header", .header),
            ("{\"headers\":{\(header),\"baggage\":\"session_id=%20\"}}", "from-header", .header),
            ("{\"session_id\":\"\",\"headers\":{\(header)}}", "from-header", .header),
        ]
    )
    func sources(event: String, text: String, origin: Session.Origin) {
        #expect(TriggerContext.extract(event).found == "\(origin.rawValue): \(text)")
    }

    @Test(
        "In baggage the dotted name wins, then the underscored, then the plain",
        arguments: [
            ("session_id=plain,honeyhive_session_id=under,honeyhive.session_id=dot", "dot"),
            ("honeyhive.session_id=dot,session_id=plain", "dot"),
            ("session_id=plain,honeyhive_session_id=under", "under"),
            ("session_id=plain", "plain"),
            ("honeyhive.session_id=,honeyhive_session_id=%20,session_id=plain", "plain"),
            ("Session_Id=other,session_id=plain", "plain"),
        ]
    )
    func baggageNames(baggage: String, expected: String) {
        let context = TriggerContext.extract(#"{"baggage":"\#(baggage)"}"#)
        #expect(context.found == "baggage: \(expected)")
    }

    @Test("Project and source have the same names", arguments: ["", "honeyhive_", "honeyhive."])
    func projectAndSource(prefix: String) {
        let context = TriggerContext.extract(#"{"baggage":"\#(prefix)project=p%201,\#(prefix)source=prod"}"#)
        #expect(context.project == "p 1")
        #expect(context.source == "prod")
        #expect(context.session == nil)
    }

    @Test("The parent comes from traceparent, whichever way the session came")
    func parent() {
        let context = TriggerContext.extract(
            #"{"session_id":"s-1","headers":{"Traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}}"#
        )
        #expect(context.session?.origin == .event)
        #expect(context.parent?.spanID.description == "b7ad6b7169203331")
        #expect(context.parent?.isSampled == false)
    }

    // MARK: The client context

    private static let clientContext = """
        {"w3c": {"traceparent": "00-cccccccccccccccccccccccccccccccc-dddddddddddddddd-01",
                 "tracestate": "client=1", "baggage": "session_id=from-client,k=client"}}
        """

    @Test("The client context stands in where the event has nothing", arguments: ["{}", #"{"a":1}"#, "not JSON", ""])
    func clientContextAlone(event: String) {
        let context = TriggerContext.extract(event, clientContext: Self.clientContext)
        #expect(context.session?.text == "from-client")
        #expect(context.parent?.spanID.description == "dddddddddddddddd")
        #expect(context.parent?.traceState == "client=1")
        #expect(context.baggage["k"] == "client")
    }

    @Test("The event's own context goes before the client context's, and the two do not mix")
    func clientContextIsWeaker() {
        let context = TriggerContext.extract(
            #"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","baggage":"session_id=s-1"}"#,
            clientContext: Self.clientContext
        )
        #expect(context.found == "baggage: s-1")
        #expect(context.parent?.spanID.description == "b7ad6b7169203331")
        #expect(context.parent?.traceState == nil)
        #expect(context.baggage["k"] == nil)
    }

    @Test(
        "Every place of the event goes before the client context",
        arguments: [
            (#"{"session_id":"s-1"}"#, Session.Origin.event), (#"{"headers":{"x-session-id":"s-1"}}"#, .header),
            (#"{"baggage":"session_id=s-1"}"#, .baggage),
        ]
    )
    func eventBeforeClientContext(event: String, origin: Session.Origin) {
        let context = TriggerContext.extract(event, clientContext: Self.clientContext)
        #expect(context.found == "\(origin.rawValue): s-1")
    }

    @Test("A session that the client context names says so")
    func clientContextOrigin() {
        #expect(TriggerContext.extract("{}", clientContext: Self.clientContext).session?.origin == .clientContext)
        let dedicated = TriggerContext.extract("{}", clientContext: #"{"custom":{"x-session-id":"s-1"}}"#)
        #expect(dedicated.found == "clientContext: s-1")
    }
}
