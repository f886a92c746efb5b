import SessionTracing
import Testing

@Suite("The fields that an event brings")
struct TraceHeadersTests {
    private func traceHeaders(_ fields: [(String, String?)]) -> TraceHeaders {
        var traceHeaders = TraceHeaders()
        for (name, value) in fields { traceHeaders.take(name: name, value: value) }
        return traceHeaders
    }

    @Test("Several values are joined; of session ids the first counts")
    func severalValues() {
        let traceHeaders = traceHeaders([
            ("Baggage", "a=1"), ("TRACESTATE", "x=1"), ("traceparent", "first"), ("baggage", "b=2"),
            ("tracestate", "y=2"),
            ("Traceparent", "second"), ("x-session-id", "s-1"), ("X-Session-ID", "s-2"),
        ])
        #expect(traceHeaders.baggage == "a=1,b=2")
        #expect(traceHeaders.tracestate == "x=1,y=2")
        #expect(traceHeaders.traceparent == "first,second")
        #expect(traceHeaders.parent == nil)
        #expect(traceHeaders.sessionID == "s-1")
    }

    @Test("A value that cannot be read leaves the field to the next one")
    func unreadable() {
        let traceHeaders = traceHeaders([
            ("baggage", nil), ("baggage", "b=2"), ("baggage", nil), ("traceparent", nil), ("traceparent", "second"),
            ("x-session-id", nil), ("x-session-id", " "), ("x-session-id", "s-2"),
        ])
        #expect(traceHeaders.baggage == "b=2")
        #expect(traceHeaders.traceparent == "second")
        #expect(traceHeaders.sessionID == "s-2")
    }

    @Test(
        "Of session ids that a gateway joined the first counts",
        arguments: [("s-1,s-1", "s-1"), ("s-1, s-2", "s-1"), (" , s-2", "s-2"), (",", nil), (" s-1 ", "s-1")]
    )
    func joinedIDs(value: String, expected: String?) {
        #expect(traceHeaders([("x-session-id", value)]).sessionID == expected)
    }

    @Test("A carrier's fields are read in any case, all values of each")
    func carrier() {
        let carrier = [
            ("Baggage", "a=1"), ("TraceParent", "t"), ("baggage", "b=2"), ("X-Session-Id", "s-1"), ("other", "x"),
        ]
        let traceHeaders = TraceHeaders { carrier.values(ofField: $0) }
        #expect(traceHeaders.baggage == "a=1,b=2")
        #expect(traceHeaders.traceparent == "t")
        #expect(traceHeaders.sessionID == "s-1")
    }

    @Test(
        "Other fields are not even looked at",
        arguments: ["cookie", "x-baggage", "trace-parent", "", "x-session-id "]
    )
    func others(name: String) {
        var traceHeaders = TraceHeaders()
        traceHeaders.take(
            name: name,
            value: { () -> String? in
                Issue.record("the value was asked for")
                return nil
            }()
        )
        #expect(traceHeaders == TraceHeaders())
    }

    /// An event can repeat a header half a million times; joining all of them would take quadratic time.
    @Test("Values are joined no further than anybody reads them", arguments: ["baggage", "tracestate"])
    func bound(name: String) {
        var traceHeaders = TraceHeaders()
        for index in 0..<20_000 { traceHeaders.take(name: name, value: "k\(index)=1") }
        let joined = (name == "baggage" ? traceHeaders.baggage : traceHeaders.tracestate) ?? ""
        #expect(joined.hasPrefix("k0=1,k1=1,k2=1,"))
        #expect(joined.utf8.count > 8_192)
        #expect(joined.utf8.count < 8_300)
    }
}
