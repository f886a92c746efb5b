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

    @Test(
        "A member's key names no attribute but one under baggage",
        arguments: [
            "honeyhive.session_id", "honeyhive_event_type", "honeyhive_inputs.text", "service.name",
            "faas.invocation_id", "traceloop.association.properties.session_id", "gen_ai.request.model", "baggage",
            "baggage.a", "error.type",
        ]
    )
    func hostileKey(_ key: String) async throws {
        let plain = try TracerFixture()
        let fixture = try TracerFixture(baggage: Baggage(header: "\(key)=forged"))
        for fixture in [plain, fixture] {
            _ = try await fixture.record { _ in }
            fixture.tracer.endRootSpan()
        }
        for (span, other) in zip(fixture.spans.all, plain.spans.all) {
            let added = Set(span.attributes.entries.map(\.key)).subtracting(other.attributes.entries.map(\.key))
            #expect(added.isSubset(of: ["baggage.\(key)"]))
            #expect(span.attributes[key] == other.attributes[key])
        }
    }

    @Test("A secret in a member is masked, by its key and by its form")
    func secrets() async throws {
        let token = "ghp_" + String(repeating: "a", count: 36)
        let fixture = try TracerFixture(baggage: Baggage(header: "api_key=hunter2,note=\(token)"))
        _ = try await fixture.record { _ in }
        fixture.tracer.endRootSpan()
        for span in fixture.spans.all {
            let text = "\(span.attributes.entries)"
            #expect(!text.contains("hunter2"))
            #expect(!text.contains(token))
        }
    }
}
