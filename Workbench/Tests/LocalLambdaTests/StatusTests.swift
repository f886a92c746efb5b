import Testing

@testable import LocalLambda
@testable import OTLP

/// The status codes that a function process receives over HTTP.
@Suite("Statuses over HTTP", .serialized, .timeLimit(.minutes(5)))
struct StatusTests {
    private func statuses(_ report: RunReport) throws -> [String: Int64] {
        let response = try #require(report.response)
        let answer = try #require(try JSONValue(parsing: response).object)
        return Dictionary(
            uniqueKeysWithValues: answer.members.map { ($0.name, $0.value.array?.first?.number?.int64 ?? 0) }
        )
    }

    @Test("the Runtime API refuses what is out of order")
    func runtime() async throws {
        let run = FixtureRun(behaviour: "runtime-statuses")
        let report = try await run.report()
        #expect(
            try statuses(report) == [
                "response before any event": 400, "next before the response": 403, "init error after init": 403,
                "unknown request id": 400, "unknown mode": 400, "other invocation id": 410,
            ]
        )
        #expect(run.logs.lines.contains { $0.hasPrefix("[403, ") && $0.contains("InvalidStateTransition") })
        #expect(report.verdict == .ok)
    }

    @Test("the collector refuses what it cannot read, and the report says so")
    func collector() async throws {
        let report = try await FixtureRun(behaviour: "collector-statuses").report()
        #expect(
            try statuses(report) == [
                "empty JSON": 200, "empty Protobuf": 200, "garbage JSON": 400, "garbage Protobuf": 400,
                "garbage gzip": 400, "other encoding": 415, "other type": 415, "too large": 413, "unknown path": 404,
                "session start": 200, "enrichment": 200, "enrichment of nothing": 400, "event": 200,
            ]
        )
        #expect(report.refusals.count == 8)
        #expect(report.refusals.contains("POST /v1/profiles: 404 the collector has no such path"))
        let session = try #require(report.sessions.first)
        #expect(session.fields["metadata"] == ["a": 1, "b": 2])
        #expect(session.fields["outputs"] == ["c": 3])
        #expect(session.events.count == 1)
    }
}
