import Synchronization
import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("Retention")
struct TraceRetentionTests {
    private final class Clock: Sendable {
        private let nanoseconds = Mutex(Int64(1_000_000_000_000_000_000))
        var now: Int64 { nanoseconds.withLock { $0 } }

        func advance(seconds: Int64) {
            nanoseconds.withLock { $0 += seconds * 1_000_000_000 }
        }
    }

    private let clock = Clock()

    private func database(_ retention: TraceRetention) throws -> TraceDatabase {
        let clock = clock
        return try TraceDatabase(inMemory: retention, wallClock: { clock.now })
    }

    private func span(_ number: Int, session: String, bytes: Int = 10) throws -> TraceSpan {
        var span = try TestSpan.make("s", id: 1, session: session)
        span.spanID = try #require(SpanID(hex: String(format(number))))
        span.traceID = try #require(TraceID(hex: String(format(number)) + String(format(number))))
        span.attributes.append(Attribute("filler", .string(String(repeating: "x", count: bytes))))
        return span
    }

    private func format(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func sessions(_ database: TraceDatabase) async throws -> [String] {
        try await database.archive.sessions(SessionQuery()).map(\.id).sorted()
    }

    @Test("a session to which nothing came for long goes, one to which something came stays")
    func age() async throws {
        let database = try database(TraceRetention(ageSeconds: 100))
        try await database.record(.spans([try span(1, session: "idle")]), at: .now)
        try await database.record(.spans([try span(2, session: "busy")]), at: .now)
        clock.advance(seconds: 60)
        try await database.record(.spans([try span(3, session: "busy")]), at: .now)
        clock.advance(seconds: 60)
        try await database.record(.spans([try span(4, session: "new")]), at: .now)
        #expect(try await sessions(database) == ["busy", "new"])
    }

    @Test("beyond the size the oldest sessions go, with all that they hold")
    func size() async throws {
        let database = try database(TraceRetention(sizeBytes: 1_000_000))
        for number in 1...30 {
            clock.advance(seconds: 1)
            try await database.record(.spans([try span(number, session: "s\(number)", bytes: 100_000)]), at: .now)
        }
        let left = try await sessions(database)
        #expect(left.contains("s30"))
        #expect(!left.contains("s1"))
        #expect((5...10).contains(left.count))
        #expect(try await database.archive.spans(of: "s1").isEmpty)
    }

    @Test("of a session that alone is beyond the size, the oldest spans go")
    func oneSession() async throws {
        let database = try database(TraceRetention(sizeBytes: 2_000_000))
        for first in stride(from: 1, through: 5_000, by: 500) {
            let spans = try (first..<(first + 500)).map { try span($0, session: "one", bytes: 1_000) }
            try await database.record(.spans(spans), at: .now)
        }
        let lines = try await database.archive.lines(of: "one").lines
        #expect(!lines.isEmpty)
        #expect(lines.count < 2_000)
        #expect(lines.last?["span"]?.string == format(5_000))
        #expect(try await database.archive.session("one")?.spanCount == lines.count)
    }
}
