import Synchronization
import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("Stored logs and metrics")
struct StoredLogTests {
    let database: TraceDatabase

    init() throws {
        database = try TraceDatabase(inMemory: TraceRetention())
    }

    private func log(_ message: String, of span: TraceSpan?, time: UInt64 = 1) -> LogRecord {
        var log = LogRecord(traceID: span?.traceID, spanID: span?.spanID, timeNanoseconds: time)
        log.body = .string(message)
        return log
    }

    @Test("a record is found with its span, whichever of them came first, and in the order of time")
    func beside() async throws {
        let (span, other) = (try TestSpan.make("a", id: 1), try TestSpan.make("b", id: 2, session: "another"))
        try await database.record(.logs([log("second", of: span, time: 2), log("other", of: other)]), at: .now)
        try await database.record(.spans([span, other]), at: .now)
        try await database.record(.logs([log("first", of: span), log("outside", of: nil)]), at: .now)
        let found = try await database.archive.logs(traceID: span.traceID.hex, spanID: span.spanID.hex)
        #expect(found.map(\.message) == ["first", "second"])
        #expect(try await database.archive.logs(of: TestSpan.session).map(\.message) == ["first", "second"])
        #expect(try await database.archive.logs(of: "another").map(\.message) == ["other"])
        let counts = try await database.archive.signalCounts()
        #expect((counts.logCount, counts.spanlessLogCount) == (4, 1))
    }

    @Test("a record stays when its span is replaced by its finished form, and goes with its session")
    func removal() async throws {
        var open = try TestSpan.make("open", id: 1)
        open.endNanoseconds = 0
        let done = try TestSpan.make("done", id: 1)
        var stray = log("of no span here", of: done)
        stray.spanID = try TestSpan.make("x", id: 9).spanID
        try await database.record(.spans([open]), at: .now)
        try await database.record(.logs([log("kept", of: done), stray, log("outside", of: nil)]), at: .now)
        try await database.record(.spans([done]), at: .now)
        #expect(try await database.archive.logs(of: TestSpan.session).count == 2)
        _ = try await database.remove(.session(TestSpan.session))
        #expect(try await database.archive.signalCounts().logCount == 1)
        _ = try await database.remove(.all)
        #expect(try await database.archive.signalCounts().logCount == 0)
    }

    private final class Clock: Sendable {
        let nanoseconds = Mutex(Int64(1_000_000_000_000_000_000))
    }

    @Test("old records go, and the oldest ones when there is no other way to keep to the size")
    func retention() async throws {
        let clock = Clock()
        let database = try TraceDatabase(
            inMemory: TraceRetention(ageSeconds: 10, sizeBytes: 400_000),
            wallClock: { clock.nanoseconds.withLock { $0 } }
        )
        let text = String(repeating: "x", count: 1_000)
        for number in 0..<1_000 { try await database.record(.logs([log("\(number) \(text)", of: nil)]), at: .now) }
        let count = try await database.archive.signalCounts().logCount
        #expect(count > 50 && count < 500)
        clock.nanoseconds.withLock { $0 += 11_000_000_000 }
        try await database.record(.logs([log("new", of: nil)]), at: .now)
        #expect(try await database.archive.signalCounts().logCount == 1)
    }

    @Test("an export has the records, and they are kept once when it is imported twice")
    func export() async throws {
        let span = try TestSpan.make("a", id: 1)
        try await database.record(.spans([span]), at: .now)
        try await database.record(.logs([log("one", of: span), log("one", of: span, time: 2)]), at: .now)
        let session = try #require(try await database.archive.session(TestSpan.session))
        let copy = try TraceDatabase(inMemory: TraceRetention())
        for _ in 0..<2 {
            for line in try await database.archive.export(session) { try await copy.record(line.bytes) }
        }
        #expect(try await copy.archive.logs(of: TestSpan.session) == database.archive.logs(of: TestSpan.session))
        #expect(try await copy.archive.logs(of: TestSpan.session).count == 2)
    }

    @Test("the data points of metrics are counted by service")
    func metrics() async throws {
        try await database.record(.metrics(pointCounts: ["shop": 2, "": 1]), at: .now)
        try await database.record(.metrics(pointCounts: ["shop": 3]), at: .now)
        let counts = try await database.archive.signalCounts()
        #expect(counts.metricPointCounts.map(\.service) == ["", "shop"])
        #expect(counts.metricPointCounts.map(\.count) == [1, 5])
        #expect(counts.text == "metrics, counted and not kept: data points of unknown 1, shop 5")
        #expect(SignalCounts(json: try #require(counts.json.object)).text == counts.text)
    }

    @Test("the root span of an invocation is found by its request id")
    func invocation() async throws {
        let span = try TestSpan.make("a", id: 1, attributes: [Attribute("faas.invocation_id", .string("r-1"))])
        try await database.record(.spans([try TestSpan.make("b", id: 2, parent: 1), span]), at: .now)
        let found = try #require(try await database.archive.invocationSpan(requestID: "r-1"))
        #expect(found.path == "/sessions/\(TestSpan.session)#\(span.traceID.hex)-\(span.spanID.hex)")
        #expect(try await database.archive.invocationSpan(requestID: "r-2") == nil)
    }
}
