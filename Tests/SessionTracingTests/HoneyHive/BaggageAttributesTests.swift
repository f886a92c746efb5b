import SessionTracing
import Testing

@Suite("What baggage says on spans")
struct BaggageAttributesTests {
    @Test("An evaluation's ids are metadata, a parent is the parent, and the rest stands under baggage")
    func members() async throws {
        let header =
            "run_id=r,dataset_id=d%201,datapoint_id=p,parent_id=e-1,tenant=t,honeyhive_tracer_id=140,session_id=x,"
            + "honeyhive.project=y,honeyhive_source=z"
        let fixture = try TracerFixture(baggage: Baggage(header: header))
        _ = try await fixture.record { _ in }
        fixture.tracer.endRootSpan()
        for span in fixture.spans.all {
            #expect(span.attributes["honeyhive_metadata.run_id"] == "r")
            #expect(span.attributes["honeyhive_metadata.dataset_id"] == "d 1")
            #expect(span.attributes["honeyhive_metadata.datapoint_id"] == "p")
            #expect(span.attributes["honeyhive.parent_id"] == "e-1")
            #expect(span.attributes["baggage.tenant"] == "t")
            let names = span.attributes.entries.map(\.key).filter { $0.hasPrefix("baggage.") }
            #expect(names == ["baggage.tenant"])
            // The session was determined before; baggage does not change it here.
            #expect(span.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
            #expect(span.attributes["honeyhive.project"] == "demo")
        }
    }
}
