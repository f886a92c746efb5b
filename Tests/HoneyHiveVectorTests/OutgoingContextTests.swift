import FoundationEssentials
import SessionTracing
import Testing

@Suite("Outgoing headers as HoneyHive's own client writes them")
struct OutgoingContextTests {
    /// A state in which the recorded client wrote headers.
    struct Outgoing: Sendable, CustomTestStringConvertible {
        /// The name in the recording's `observed`.
        let name: String
        /// The index of the span around the call among the recorded spans.
        let spanIndex: Int?
        var existing: [String: String] = [:]
        var baggage = ""
        let differences: [Difference]

        var testDescription: String { name }
    }

    private static let firstSession = "11111111-2222-4333-8444-000000000001"
    private static let secondSession = "11111111-2222-4333-8444-000000000002"

    private static let everyCase: [Difference] = [
        .leftOut("baggage.honeyhive_tracer_id", "names an object in the sender's memory")
    ]
    private static func spanCase(_ traceparent: String) -> [Difference] {
        everyCase + [
            .replaced("traceparent", with: .string(traceparent), "of the flags, W3C's level 1 defines the first alone")
        ]
    }
    private static func session(_ id: String) -> [Difference] {
        [
            .added("baggage.session_id", .string(id), "without it the services end in two sessions (vector 11)"),
            .added("baggage.source", "prod", "the same"),
        ]
    }

    private static let cases: [Outgoing] = [
        Outgoing(name: "1_no_active_span", spanIndex: nil, differences: everyCase + session(firstSession)),
        Outgoing(
            name: "2_inside_span",
            spanIndex: 0,
            existing: ["X-Existing": "1"],
            differences: spanCase("00-cea1f4ffbda047c1f1e2db16ffc5ae43-17d57ca13979dc35-01") + session(firstSession)
        ),
        Outgoing(
            name: "3_after_create_session",
            spanIndex: 1,
            differences: spanCase("00-52619f13728c31cdc3c4655f42b3befe-8935c28ef9c14a50-01") + [
                .added("baggage.source", "prod", "the span's session, source and project always go together")
            ]
        ),
        Outgoing(
            name: "4_with_project_source_baggage",
            spanIndex: 2,
            differences: spanCase("00-d101277f268330f3b20448c7a446d1ce-bdf36358c6a449e1-01")
        ),
        Outgoing(
            name: "5_after_tracer.set_baggage(Custom-Key.x)",
            spanIndex: 3,
            baggage: "custom_key_x=v%201",
            differences: spanCase("00-c470cd23e2e276a89150d7fda8438776-3ab9d89878472307-01")
        ),
    ]

    @Test("injectContext writes the recorded fields", arguments: cases)
    func inject(outgoing: Outgoing) async throws {
        let recording = try Recording("03_inject_context_into_carrier")
        let spans = try recording.spans()
        let span = spans[outgoing.spanIndex ?? 0]
        let replay = try Replay(
            of: span,
            session: .recorded(
                span.attribute("honeyhive.session_id"),
                project: span.attribute("honeyhive.project")
            ),
            baggage: Baggage(header: outgoing.baggage)
        )
        var carrier = outgoing.existing
        if outgoing.spanIndex == nil {
            replay.tracer.injectContext(into: &carrier)
        } else {
            await replay.tracer.enrichSpanContext(eventName: "call") { _ in
                replay.tracer.injectContext(into: &carrier)
            }
        }
        let recorded = try #require(recording.document["observed"]?[outgoing.name]).members.compactMapValues(\.text)
        let expected = try Leaves(Self.document(recorded, plusIsSpace: true)).applying(outgoing.differences)
        #expect(try Leaves(Self.document(carrier, plusIsSpace: false)).mismatches(with: expected).isEmpty)
    }

    /// Returns headers as a document with the baggage's items, parsed by an independent implementation of W3C's format.
    ///
    /// Python's `quote_plus` writes a space as `+`, which W3C's format does not define.
    private static func document(_ headers: [String: String], plusIsSpace: Bool) throws -> JSON {
        var document = headers.mapValues { JSON.string($0) }
        if let baggage = headers["baggage"] {
            var items: [String: JSON] = [:]
            for item in baggage.split(separator: ",") {
                let parts = item.split(separator: "=", maxSplits: 1)
                try #require(parts.count == 2)
                let value = plusIsSpace ? parts[1].split(separator: "+").joined(separator: "%20") : String(parts[1])
                var query = URLComponents()
                query.percentEncodedQuery = "value=\(value)"
                items[String(parts[0])] = .string(try #require(query.queryItems?.first?.value))
            }
            document["baggage"] = .object(items)
        }
        return .object(document)
    }

    @Test("A value goes out percent-encoded so that both readers of `+` agree on it")
    func encoding() throws {
        let span = try Recording("03_inject_context_into_carrier").spans()[2]
        let replay = try Replay(
            of: span,
            session: .recorded(Self.secondSession, project: span.attribute("honeyhive.project"))
        )
        var carrier: [String: String] = [:]
        replay.tracer.injectContext(into: &carrier)
        let baggage = try #require(carrier["baggage"])
        #expect(baggage.contains("project=demo%20project/%C3%BC%2C%20x=1%3By"))
        #expect(!baggage.contains("+"))
    }
}
