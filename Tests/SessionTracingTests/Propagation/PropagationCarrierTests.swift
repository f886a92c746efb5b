import SessionTracing
import Testing

@Suite("Carriers of trace context")
struct PropagationCarrierTests {
    @Test("A dictionary's fields are found in any case, several of them in the order of their keys")
    func dictionary() {
        var headers = ["Baggage": "a=1", "BAGGAGE": "b=2", "baggages": "c=3"]
        #expect(headers.values(ofField: "baggage") == ["b=2", "a=1"])
        #expect(headers.values(ofField: "traceparent") == [])
        headers.setField("baggage", to: "d=4")
        #expect(headers == ["baggage": "d=4", "baggages": "c=3"])
    }

    @Test("A list's fields are found in any case, in their order")
    func list() {
        var headers = [("Baggage", "a=1"), ("Host", "x"), ("baggage", "b=2"), ("x-baggage", "c=3")]
        #expect(headers.values(ofField: "baggage") == ["a=1", "b=2"])
        headers.setField("baggage", to: "d=4")
        #expect(headers.map(\.0) == ["Host", "x-baggage", "baggage"])
        #expect(headers.values(ofField: "baggage") == ["d=4"])
    }
}

@Suite("Injecting the context of an invocation")
struct InjectContextTests {
    private static let session = "session_id=12345678-1234-1234-1234-123456789abc,project=demo,source=test"

    @Test("Within a step the step is the parent; outside of any, the root")
    func parent() async throws {
        let fixture = try TracerFixture()
        await fixture.tracer.enrichSpanContext(eventName: "call") { span in
            var headers = ["accept": "*/*"]
            fixture.tracer.injectContext(into: &headers)
            #expect(
                headers == [
                    "accept": "*/*", "baggage": Self.session,
                    "traceparent": "00-\(fixture.tracer.traceID)-\(span.id)-01",
                ]
            )
        }
        var headers: [String: String] = [:]
        fixture.tracer.injectContext(into: &headers)
        #expect(headers["traceparent"] == "00-\(fixture.tracer.traceID)-\(fixture.root.id)-01")
    }

    @Test("Outside any span there is baggage only")
    func withoutSpan() throws {
        let fixture = try TracerFixture()
        fixture.tracer.endRootSpan()
        var headers: [String: String] = [:]
        fixture.tracer.injectContext(into: &headers)
        #expect(headers == ["baggage": Self.session])
    }

    @Test("What the carrier holds under other names of case is replaced; its other baggage stays before the caller's")
    func existing() throws {
        let fixture = try TracerFixture(baggage: Baggage(header: "run_id=1,shared=caller"))
        var headers = [("Traceparent", "old"), ("Baggage", "mine=x,session_id=other"), ("BAGGAGE", "shared=carrier")]
        fixture.tracer.injectContext(into: &headers)
        #expect(headers.map(\.0) == ["traceparent", "baggage"])
        #expect(headers.values(ofField: "baggage") == ["\(Self.session),mine=x,shared=carrier,run_id=1"])
    }

    @Test("Injecting twice writes the same")
    func twice() throws {
        let fixture = try TracerFixture(baggage: Baggage(header: "run_id=1"))
        var headers: [String: String] = [:]
        fixture.tracer.injectContext(into: &headers)
        let once = headers
        fixture.tracer.injectContext(into: &headers)
        #expect(headers == once)
    }
}
