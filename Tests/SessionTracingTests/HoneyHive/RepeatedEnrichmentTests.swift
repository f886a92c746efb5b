import SessionTracing
import Testing

/// A later value of a key replaces an earlier one whole.
@Suite("Repeated enrichment")
struct RepeatedEnrichmentTests {
    private func recorded(_ values: AttributeValue...) async throws -> [String: AttributeValue] {
        let fixture = try TracerFixture()
        let span = try await fixture.record { span in
            span.enrich(outputs: ["other": ["kept"]])
            for value in values { span.enrich(outputs: ["docs": value]) }
        }
        let prefix = "honeyhive_outputs."
        let entries = span.attributes.entries.filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: entries.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    @Test("A shorter list leaves nothing of a longer one")
    func lists() async throws {
        #expect(try await recorded(["a", "b", "c"], ["z"]) == ["docs.0": "z", "other.0": "kept"])
    }

    @Test("Values of all kinds replace each other whole")
    func kinds() async throws {
        let values: [AttributeValue] = ["text", ["a": 1, "b": ["c": 2]], ["x", "y"], 7]
        let flat: [[String: AttributeValue]] = [
            ["docs": "text"], ["docs.a": 1, "docs.b.c": 2], ["docs.0": "x", "docs.1": "y"], ["docs": 7],
        ]
        for earlier in values {
            for (value, expected) in zip(values, flat) {
                let all = try await recorded(earlier, value)
                #expect(all.filter { $0.key != "other.0" } == expected)
            }
        }
    }

    @Test("An empty container replaces, and null changes nothing")
    func empty() async throws {
        #expect(try await recorded(["a"], []).keys.contains("docs.0") == false)
        #expect(try await recorded(["a"], nil)["docs.0"] == "a")
    }

    @Test("Values that all spans of the invocation share are replaced, too, on this span alone")
    func shared() async throws {
        var baggage = Baggage()
        baggage.set("run_id", to: "r-1")
        let fixture = try TracerFixture(baggage: baggage)
        let span = try await fixture.record { $0.enrich(metadata: ["run_id": ["n": 1]]) }
        #expect(span.attributes["honeyhive_metadata.run_id"] == nil)
        #expect(span.attributes["honeyhive_metadata.run_id.n"] == 1)
        #expect(try await fixture.record("other") { _ in }.attributes["honeyhive_metadata.run_id"] == "r-1")
    }

    @Test("Replaced values do not use up the limit of attributes")
    func limit() async throws {
        let fixture = try TracerFixture(policy: TracingPolicy(limits: TracingLimits(attributeCount: 64)))
        let span = try await fixture.record { span in
            for step in 0..<100 { span.enrich(outputs: ["k": .array(Array(repeating: .int(step), count: 40))]) }
        }
        #expect((0..<40).allSatisfy { span.attributes["honeyhive_outputs.k.\($0)"] == 99 })
        #expect(span.attributes.droppedCount == 0)
    }
}
