import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("Contents of invocations")
struct InvocationContentTests {
    private func database(sizeBytes: Int64 = TraceRetention.defaultSizeBytes) throws -> TraceDatabase {
        try TraceDatabase(inMemory: TraceRetention(sizeBytes: sizeBytes))
    }

    private func record(_ id: String, at finish: Int64, eventBytes: Int = 10, in database: TraceDatabase) async throws {
        let now = TraceDatabase.systemClock()
        try await database.record(StoredInvocation(requestID: id, functionName: "F", endNanoseconds: now + finish))
        let event = Array("\"\(String(repeating: "e", count: eventBytes - 2))\"".utf8)
        let content = InvocationContent(facts: ["build": 1], event: event, response: [0xFF], log: Array("line\n".utf8))
        try await database.record(content, of: id)
    }

    private func ids(_ database: TraceDatabase) async throws -> [String] {
        try #require(try await database.archive.invocations().array).compactMap { $0.object?["requestId"]?.string }
    }

    @Test("an invocation has its facts, event, response, log and the function's own spans")
    func content() async throws {
        let database = try database()
        let root = try TestSpan.make("root", id: 1, attributes: [Attribute("faas.invocation_id", .string("r-1"))])
        try await database.record(.spans([try TestSpan.make("step", id: 2, parent: 1), root]), at: .now)
        try await record("r-1", at: 0, in: database)
        let found = try #require(try await database.archive.invocation(requestID: "r-1")?.object)
        #expect(found["build"] == 1 && found["function"] == "F")
        #expect(found["event"] == .string("\"eeeeeeee\"") && found["eventIsJSON"] == true)
        #expect(found["response"] == .string("\u{FFFD}") && found["responseIsJSON"] == false)
        #expect(found["log"] == .string("line\n"))
        #expect(found["session"] == .string(TestSpan.session))
        #expect(found["spans"]?.array?.compactMap { $0.object?["name"]?.string }.sorted() == ["root", "step"])
        let (trace, span) = (root.traceID.hex, root.spanID.hex)
        #expect(try await database.archive.invocationID(traceID: trace, spanID: span) == "r-1")
        #expect(try await database.archive.invocation(requestID: "r-2") == nil)
    }

    @Test("the contents of the oldest invocations go first; one that is too large is not kept")
    func limits() async throws {
        let database = try database(sizeBytes: 8 * 1_000)
        for number in 0..<5 { try await record("r-\(number)", at: Int64(number), eventBytes: 294, in: database) }
        #expect(try await ids(database) == ["r-4", "r-3", "r-2"])
        try await record("large", at: 9, eventBytes: 1_001, in: database)
        #expect(try await ids(database) == ["r-4", "r-3", "r-2"])
    }

    @Test("a removed session takes its invocations along, and all are removed with all sessions")
    func removal() async throws {
        let database = try database()
        let root = try TestSpan.make("root", id: 1, attributes: [Attribute("faas.invocation_id", .string("r-1"))])
        try await database.record(.spans([root]), at: .now)
        try await record("r-1", at: 0, in: database)
        try await record("r-2", at: 1, in: database)
        #expect(try await database.remove(.session(TestSpan.session)) == 1)
        #expect(try await ids(database) == ["r-2"])
        _ = try await database.remove(.all)
        #expect(try await ids(database).isEmpty)
    }

    @Test("an attempt that is repeated under its request id replaces the earlier one")
    func repeated() async throws {
        let database = try database()
        try await record("r-1", at: 0, eventBytes: 10, in: database)
        try await record("r-1", at: 1, eventBytes: 20, in: database)
        #expect(try await ids(database) == ["r-1"])
        let found = try #require(try await database.archive.invocation(requestID: "r-1")?.object)
        #expect(found["event"]?.string?.count == 20)
    }
}
