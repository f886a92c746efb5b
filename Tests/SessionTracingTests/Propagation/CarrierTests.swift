import SessionTracing
import Testing

@Suite("The fields that an event brings")
struct CarrierTests {
    private func carrier(_ fields: [(String, String?)]) -> Carrier {
        var carrier = Carrier()
        for (name, value) in fields { carrier.take(name: name, value: value) }
        return carrier
    }

    @Test("Values of lists are joined, of the others the first counts")
    func severalValues() {
        let carrier = carrier([
            ("Baggage", "a=1"), ("TRACESTATE", "x=1"), ("traceparent", "first"), ("baggage", "b=2"),
            ("tracestate", "y=2"),
            ("Traceparent", "second"), ("x-session-id", "s-1"), ("X-Session-ID", "s-2"),
        ])
        #expect(carrier.baggage == "a=1,b=2")
        #expect(carrier.tracestate == "x=1,y=2")
        #expect(carrier.traceparent == "first")
        #expect(carrier.sessionID == "s-1")
    }

    @Test("A value that cannot be read leaves the field to the next one")
    func unreadable() {
        let carrier = carrier([
            ("baggage", nil), ("baggage", "b=2"), ("baggage", nil), ("traceparent", nil), ("traceparent", "second"),
            ("x-session-id", nil), ("x-session-id", " "), ("x-session-id", "s-2"),
        ])
        #expect(carrier.baggage == "b=2")
        #expect(carrier.traceparent == "second")
        #expect(carrier.sessionID == "s-2")
    }

    @Test(
        "Other fields are not even looked at",
        arguments: ["cookie", "x-baggage", "trace-parent", "", "x-session-id "]
    )
    func others(name: String) {
        var carrier = Carrier()
        carrier.take(
            name: name,
            value: { () -> String? in
                Issue.record("the value was asked for")
                return nil
            }()
        )
        #expect(carrier == Carrier())
    }

    /// An event can repeat a header half a million times; joining all of them would take quadratic time.
    @Test("Values are joined no further than anybody reads them", arguments: ["baggage", "tracestate"])
    func bound(name: String) {
        var carrier = Carrier()
        for index in 0..<20_000 { carrier.take(name: name, value: "k\(index)=1") }
        let joined = (name == "baggage" ? carrier.baggage : carrier.tracestate) ?? ""
        #expect(joined.hasPrefix("k0=1,k1=1,k2=1,"))
        #expect(joined.utf8.count > 8_192)
        #expect(joined.utf8.count < 8_300)
    }
}
