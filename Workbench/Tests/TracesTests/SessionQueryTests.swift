import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("Which sessions a list shows")
struct SessionQueryTests {
    let database: TraceDatabase

    init() async throws {
        database = try TraceDatabase(inMemory: TraceRetention())
        var failed = try TestSpan.make("call 100% \"quoted\"", id: 1, startMilliseconds: 2_000, session: "early")
        failed.status = .error(message: "")
        failed.resource = [Attribute("service.name", .string("alpha"))]
        var other = try TestSpan.make("plain", id: 2, startMilliseconds: 9_000, session: "late")
        other.traceID = try #require(TraceID(hex: String(repeating: "b", count: 32)))
        other.attributes.append(Attribute("honeyhive_inputs.question", .string("Wo ist\nÄrger?")))
        other.resource = [Attribute("service.name", .string("beta"))]
        try await database.record(.spans([failed, other]), at: .now)
    }

    private func ids(_ change: (inout SessionQuery) -> Void) async throws -> [String] {
        var query = SessionQuery()
        change(&query)
        return try await database.archive.sessions(query).map(\.id)
    }

    @Test("the latest comes first")
    func order() async throws {
        #expect(try await ids { _ in } == ["late", "early"])
        #expect(try await ids { $0.limit = 1 } == ["late"])
    }

    @Test(
        "a text is looked for in ids, names and content, and is no pattern",
        arguments: [
            ("EARL", ["early"]), ("100%", ["early"]), ("\"quoted\"", ["early"]), ("ist\nÄ", ["late"]), ("1_0", []),
            ("question", ["late"]), ("stringValue", []), ("'; DROP TABLE session", []),
        ]
    )
    func text(_ text: String, _ expected: [String]) async throws {
        #expect(try await ids { $0.text = text } == expected)
    }

    @Test("by service, by failure and by time")
    func filters() async throws {
        #expect(try await ids { $0.service = "beta" } == ["late"])
        #expect(try await ids { $0.service = "bet" } == [])
        #expect(try await ids { $0.hasErrors = true } == ["early"])
        #expect(try await ids { $0.sinceNanoseconds = 5_000_000_000 } == ["late"])
        #expect(try await database.archive.services() == ["alpha", "beta"])
    }
}
