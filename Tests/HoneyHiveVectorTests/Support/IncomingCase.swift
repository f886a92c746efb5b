import SessionTracing
import Testing

/// Incoming headers, with the span that the reference client made for them.
struct IncomingCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// The headers with their values; the reference's one list-valued header can have several.
    let headers: [(name: String, values: [String])]
    /// The recorded span; nil if the reference exported none.
    let span: JSON?
    /// The error that the reference threw instead.
    let exception: String?

    var testDescription: String { name }

    /// The settings of the recorded server.
    static let serverSession = "5e5e5e5e-2222-4333-8444-00000000000b"
    static let serverProject = "server-project"
    static let serverSource = "server-src"

    static func all() throws -> [IncomingCase] {
        let cases = try #require(try Recording("04_with_distributed_trace_context").document["cases"]).members
        try #require(cases.count == 16)
        return cases.sorted { $0.key < $1.key }.map { name, recorded in
            IncomingCase(
                name: name,
                headers: recorded["headers"]?.members.map { name, value in
                    (name, value.text.map { [$0] } ?? value.elements.compactMap(\.text))
                } ?? [],
                span: recorded["span"] == .null ? nil : recorded["span"],
                exception: recorded["exception"]?.text
            )
        }
    }

    /// Returns the recorded span with the intended differences; nil if this project makes none.
    func expected() throws -> Leaves? {
        let differences = Self.differences[name] ?? []
        if exception != nil { return try Leaves(.object([:])).applying(differences) }
        return try span.map { try Leaves($0).applying(differences) }
    }

    private static let trace: JSON = "0af7651916cd43dd8448eb211c80319c"
    private static let parent: JSON = "b7ad6b7169203331"
    private static let sessionKeys = [
        "attributes.honeyhive.session_id", "attributes.traceloop.association.properties.session_id",
    ]

    /// The intended differences from the reference.
    private static let differences: [String: [Difference]] = [
        "flask_title_case": [
            .replaced("traceId", with: trace, "header names have no case (RFC 9110, section 5.1)"),
            .replaced("parentSpanId", with: parent, "the same"),
        ],
        "honeyhive_dot_keys": ["session_id", "project", "source"].map { name in
            .leftOut("attributes.baggage.honeyhive.\(name)", "a doubled attribute: honeyhive.\(name) says the same")
        },
        "uppercase_session": sessionKeys.map { key in
            .replaced(key, with: "cccccccc-2222-4333-8444-00000000000c", "HoneyHive's own form of the same UUID")
        },
        "not_uuid_session": sessionKeys.map { key in
            // Python: uuid5(uuid5(NAMESPACE_DNS, "session.honeyhive.ai"), "hello")
            .replaced(key, with: "2f27818c-8117-53a8-a568-1d647e9349cc", "the server replaces what is not a UUID")
        } + [.added("attributes.honeyhive_metadata.upstream_session_id", "hello", "what the caller called it")],
        "list_values": [
            .added("traceId", trace, "the reference fails; headers with several values are no error"),
            .added("parentSpanId", parent, "the same"),
            .added("attributes.honeyhive.project", "server-project", "the same"),
            .added("attributes.traceloop.association.properties.project", "server-project", "the same"),
            .added("attributes.honeyhive.source", "server-src", "the same"),
            .added("attributes.traceloop.association.properties.source", "server-src", "the same"),
            .added("attributes.honeyhive_event_type", "tool", "the same"),
        ] + sessionKeys.map { .added($0, "cccccccc-2222-4333-8444-00000000000c", "the same") },
    ]
}
