import SessionTracing
import Testing
import TriggerContext

@Suite("What the propagators let through of an event")
struct PropagatorsTests {
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let event = """
        {"headers": {"Traceparent": "\(traceparent)", "tracestate": "congo=t",
                     "Baggage": "session_id=of-baggage,project=p,source=s,tenant=t", "X-Session-Id": "of-header"}}
        """

    @Test("Without the trace context there is no parent")
    func noTraceContext() {
        let found = TriggerContext.extract(event: Array(Self.event.utf8), propagators: .baggage)
        #expect(found.parent == nil)
        #expect(found.session?.text == "of-baggage")
        #expect(found.baggage["tenant"] == "t")
        #expect(found.project == "p")
    }

    @Test("Without baggage nothing of it counts, and the next place that names a session does")
    func noBaggage() {
        let found = TriggerContext.extract(event: Array(Self.event.utf8), propagators: .traceContext)
        #expect(found.parent?.traceparent == Self.traceparent)
        #expect(found.parent?.traceState == "congo=t")
        #expect(found.baggage == Baggage())
        #expect(found.project == nil)
        #expect(found.source == nil)
        #expect(found.session?.text == "of-header")
        #expect(found.session?.origin == .header)
    }

    @Test("A session id that stands in the event itself counts without any propagator")
    func explicitSession() {
        let event = Array(
            """
            {"session_id": "of-event", "traceparent": "\(Self.traceparent)", "baggage": "session_id=of-baggage"}
            """.utf8
        )
        let found = TriggerContext.extract(event: event, propagators: [])
        #expect(found.session?.text == "of-event")
        #expect(found.session?.origin == .event)
        #expect(found.parent == nil)
    }

    @Test("The client context is read by the same propagators")
    func clientContext() {
        let text = #"{"w3c": {"traceparent": "\#(Self.traceparent)", "baggage": "session_id=of-baggage"}}"#
        func found(_ propagators: Propagators) -> TriggerContext {
            .extract(event: Array("{}".utf8), clientContext: text, propagators: propagators)
        }
        #expect(found(.all).parent?.traceparent == Self.traceparent)
        #expect(found(.all).session?.text == "of-baggage")
        #expect(found(.baggage).parent == nil)
        #expect(found(.traceContext).session == nil)
        #expect(found([]).parent == nil)
    }
}
