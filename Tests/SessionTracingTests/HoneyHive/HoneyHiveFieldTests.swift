import SessionTracing
import Testing

@Suite("HoneyHive's fields on a span")
struct HoneyHiveFieldTests {
    private static let id = "12345678-1234-1234-1234-123456789abc"

    @Test("Every span says which session, project and source it is of, under both names")
    func association() async throws {
        let fixture = try TracerFixture()
        _ = try await fixture.record { _ in }
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.count == 2)
        for span in fixture.spans.all {
            for (name, value) in [("session_id", Self.id), ("project", "demo"), ("source", "test")] {
                #expect(span.attributes["honeyhive.\(name)"] == .string(value))
                #expect(span.attributes["traceloop.association.properties.\(name)"] == .string(value))
            }
            #expect(span.attributes["honeyhive.session_auto_create"] == true)
            #expect(span.attributes["honeyhive.session_name"] == "a session")
            #expect(span.attributes["honeyhive_metadata.upstream_session_id"] == nil)
        }
    }

    @Test("A field is the same attribute, whether it is set as a document's or by its whole name")
    func bothForms() async throws {
        let documents = ["inputs", "outputs", "metadata", "metrics", "feedback", "config", "user_properties"]
        let span = try await TracerFixture().record { span in
            let members: [String: AttributeValue] = ["a": 1, "b.c": 1, "": 1]
            span.enrich(inputs: members, outputs: members, metadata: members, metrics: members)
            span.enrich(config: members, userProperties: members, feedback: members)
            for document in documents {
                span.setAttribute("honeyhive_\(document).a", to: 2)
                span.setAttribute("honeyhive_\(document).", to: 3)
                span.setAttribute("honeyhive_\(document)", to: 4)
                span.setAttribute("honeyhive_\(document)x.a", to: 5)
            }
            span.enrich(inputs: ["b": ["c": 6]])
        }
        for document in documents {
            let expected = ["": 4, ".a": 2, ".b.c": document == "inputs" ? 6 : 1, ".": 3, "x.a": 5] as [String: Int]
            for (end, value) in expected {
                let key = "honeyhive_\(document)\(end)"
                #expect(span.attributes[key] == .int(value), "\(key)")
                #expect(span.attributes.entries.filter { $0.key == key }.count == 1, "\(key)")
            }
        }
    }

    @Test("Without a project, nothing is said of one")
    func noProject() async throws {
        let span = try await TracerFixture(project: nil).record { _ in }
        #expect(span.attributes["honeyhive.project"] == nil)
        #expect(span.attributes["traceloop.association.properties.project"] == nil)
        #expect(span.attributes["honeyhive.source"] == "test")
    }

    @Test("A session id that is no UUID is kept beside the one that stands for it")
    func upstreamSession() async throws {
        let span = try await TracerFixture(sessionText: "conversation-42").record { _ in }
        #expect(span.attributes["honeyhive.session_id"] == "eb3f44a6-73c4-50bb-9173-d34d7c5dc9b2")
        #expect(span.attributes["honeyhive_metadata.upstream_session_id"] == "conversation-42")
    }

    @Test("Each argument goes under its own prefix", arguments: ["scope", "enrich"])
    func prefixes(way: String) async throws {
        let fixture = try TracerFixture()
        if way == "scope" {
            await fixture.tracer.enrichSpanContext(
                eventName: "step",
                inputs: ["k": 1],
                outputs: ["k": 2],
                metadata: ["k": 3],
                metrics: ["k": 4],
                config: ["k": 5],
                userProperties: ["k": 6],
                feedback: ["k": 7]
            ) { _ in }
        } else {
            _ = try await fixture.record { span in
                span.enrich(inputs: ["k": 1], outputs: ["k": 2], metadata: ["k": 3], metrics: ["k": 4])
                span.enrich(config: ["k": 5], userProperties: ["k": 6], feedback: ["k": 7])
            }
        }
        let attributes = try fixture.spans.only("step").attributes
        let prefixes = ["inputs", "outputs", "metadata", "metrics", "config", "user_properties", "feedback"]
        #expect(prefixes.map { attributes["honeyhive_\($0).k"] } == (1...7).map { .int($0) })
        #expect(attributes["honeyhive_error"] == nil)
        // The reference client also writes `a.b` as `a_b`.
        #expect(attributes["honeyhive_inputs_k"] == nil)
    }

    @Test("Enriching again replaces values of the same key and leaves the others")
    func merges() async throws {
        let span = try await TracerFixture().record { span in
            span.enrich(inputs: ["kept": 1, "changed": 1], outputs: ["o": "x"])
            span.enrich(inputs: ["changed": "two", "new": [3]])
            span.enrich()
        }
        #expect(span.attributes["honeyhive_inputs.kept"] == 1)
        #expect(span.attributes["honeyhive_inputs.changed"] == "two")
        #expect(span.attributes["honeyhive_inputs.new.0"] == 3)
        #expect(span.attributes["honeyhive_outputs.o"] == "x")
    }

    @Test("Whole fields that are empty are skipped")
    func emptyFields() async throws {
        let span = try await TracerFixture().record { $0.enrich(inputs: [:], outputs: ["a": [:], "b": []]) }
        let keys = span.attributes.entries.map(\.key)
        #expect(keys.filter { $0.hasPrefix("honeyhive_inputs") || $0.hasPrefix("honeyhive_outputs") } == [])
    }

    @Test("An error is written and marks the span as failed", arguments: ["scope", "enrich"])
    func error(way: String) async throws {
        let fixture = try TracerFixture()
        await fixture.tracer.enrichSpanContext(eventName: "step", error: way == "scope" ? "no credit" : nil) { span in
            if way == "enrich" { span.enrich(error: "no credit") }
        }
        let span = try fixture.spans.only("step")
        #expect(span.attributes["honeyhive_error"] == "no credit")
        #expect(span.status == .error(message: "no credit"))
        // An error passed to `enrich` is not recorded as an exception.
        #expect(span.events.isEmpty)
    }

    /// HoneyHive requires these attributes of every span.
    @Test("A span that is full of attributes still has its event type and its error")
    func fullSpan() async throws {
        let span = try await TracerFixture().record("gpt") { span in
            for index in 0..<3_000 { span.setAttribute("k\(index)", to: .int(index)) }
            span.enrich(error: "no credit")
        }
        #expect(span.attributes["honeyhive_event_type"] == "model")
        #expect(span.attributes["honeyhive_error"] == "no credit")
        #expect(span.attributes["honeyhive.session_id"] == .string(Self.id))
        #expect(span.attributes.droppedCount > 1_900)
    }
}
