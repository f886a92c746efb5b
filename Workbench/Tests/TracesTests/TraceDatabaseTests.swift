import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("The database")
struct TraceDatabaseTests {
    let database: TraceDatabase

    init() throws {
        database = try TraceDatabase(inMemory: TraceRetention())
    }

    private var archive: TraceArchive { database.archive }

    @Test("a span comes back as it was sent")
    func roundTrip() async throws {
        var span = try TestSpan.make("answer", id: 1, parent: 2)
        span.kind = .server
        span.status = .error(message: "it \u{0} failed \u{1F600}")
        span.attributes += [
            Attribute("empty", .empty), Attribute("bool", .bool(true)), Attribute("int", .int(.min)),
            Attribute("double", .double(-0.1)), Attribute("infinity", .double(-.infinity)),
            Attribute("bytes", .bytes([0, 255])), Attribute("list", .array([.string("a"), .array([])])),
            Attribute("map", .map([Attribute("a", .int(1)), Attribute("a", .int(2))])),
        ]
        span.resource = [Attribute("service.name", .string("s"))]
        span.scopeName = "scope"
        span.events = [.init(timeNanoseconds: .max, name: "e", attributes: [Attribute("k", .string("v"))])]
        span.links = [.init(traceID: span.traceID, spanID: span.spanID, attributes: [])]
        try await database.record(.spans([span]), at: .now)
        let stored = try await archive.span(traceID: span.traceID.hex, spanID: span.spanID.hex)
        #expect(stored?.span == span)
    }

    @Test("values nested as deep as Protobuf lets them be come back")
    func deepValues() async throws {
        var value = AttributeValue.int(1)
        for level in 0..<47 { value = level.isMultiple(of: 2) ? .array([value]) : .map([Attribute("k", value)]) }
        let span = try TestSpan.make("deep", id: 1, attributes: [Attribute("deep", value)])
        try await database.record(.spans([span]), at: .now)
        #expect(try await archive.spans(of: TestSpan.session).map(\.span) == [span])
    }

    @Test("a span that comes twice is there once, and one without an end is replaced by the one with it")
    func again() async throws {
        var open = try TestSpan.make("open", id: 1)
        open.endNanoseconds = 0
        let done = try TestSpan.make("done", id: 1)
        for span in [open, open, done, open, try TestSpan.make("other", id: 1)] {
            try await database.record(.spans([span]), at: .now)
        }
        #expect(try await archive.spans(of: TestSpan.session).map(\.span.name) == ["done"])
        let session = try #require(try await archive.session(TestSpan.session))
        #expect(session.spanCount == 1)
        #expect(session.unfinishedCount == 0)
    }

    @Test("a session counts its spans, its failures and its tokens, and knows its services and its times")
    func totals() async throws {
        var model = try TestSpan.make("model", id: 1, startMilliseconds: 5, durationMilliseconds: 20)
        model.attributes += [
            Attribute("gen_ai.usage.input_tokens", .int(30)), Attribute("gen_ai.usage.output_tokens", .int(12)),
            Attribute("honeyhive_error", .string("")), Attribute("honeyhive_metadata.unfinished", .bool(true)),
        ]
        model.resource = [
            Attribute("service.name", .string("unknown_service:python")),
            Attribute("telemetry.sdk.language", .string("python")),
        ]
        try await database.record(.spans([try TestSpan.make("root", id: 2), model]), at: .now)
        let session = try #require(try await archive.sessions(SessionQuery()).first)
        #expect(session.spanCount == 2)
        #expect(session.errorCount == 1)
        #expect(session.unfinishedCount == 1)
        #expect(session.tokenCount == 42)
        #expect(session.name == "root")
        #expect(session.services.contains("python"))
        #expect(session.startNanoseconds == 1_000_000_000)
        #expect(session.endNanoseconds == 1_025_000_000)
    }

    @Test(
        "spans that name no session go with the others of their trace, whichever came first",
        arguments: [true, false]
    )
    func traceOfASession(_ namedFirst: Bool) async throws {
        let named = try TestSpan.make("named", id: 1)
        let unnamed = try TestSpan.make("unnamed", id: 2, session: nil)
        for span in namedFirst ? [named, unnamed] : [unnamed, named] {
            try await database.record(.spans([span]), at: .now)
        }
        #expect(try await archive.sessions(SessionQuery()).map(\.id) == [TestSpan.session])
        let lines = try await archive.lines(of: TestSpan.session).lines
        #expect(lines.count { $0["sessionless"] == true } == 1)
    }

    @Test("spans of a trace that names no session are a session of their own")
    func traceAlone() async throws {
        let span = try TestSpan.make("alone", id: 1, session: nil)
        try await database.record(.spans([span]), at: .now)
        #expect(try await archive.sessions(SessionQuery()).map(\.id) == ["trace-\(span.traceID.hex)"])
    }

    @Test("a session's id is one in all its spellings")
    func spellings() async throws {
        let spellings = [TestSpan.session.uppercased(), "{\(TestSpan.session)}", "urn:uuid:\(TestSpan.session)"]
        for (id, spelling) in spellings.enumerated() {
            try await database.record(
                .spans([try TestSpan.make("s", id: UInt8(id + 1), session: spelling)]),
                at: .now
            )
        }
        #expect(try await archive.session(spellings[0])?.spanCount == 3)
        #expect(try await archive.sessions(SessionQuery()).map(\.id) == [TestSpan.session])
        #expect(try await archive.sessions(withPrefix: "11111111") == [TestSpan.session])
        #expect(try await archive.sessions(withPrefix: "_1").isEmpty)
    }

    @Test("rows are told from a place on, so that a page asks for what is new alone")
    func rowsAfter() async throws {
        try await database.record(.spans([try TestSpan.make("a", id: 1), try TestSpan.make("b", id: 2)]), at: .now)
        let known = try await archive.lines(of: TestSpan.session).sequence
        try await database.record(.spans([try TestSpan.make("c", id: 3)]), at: .now)
        let (lines, last) = try await archive.lines(of: TestSpan.session, after: known)
        #expect(lines.map { $0["name"] } == ["c"])
        #expect(try await archive.lines(of: TestSpan.session, after: last).sequence == last)
    }

    @Test("every change is told")
    func changes() async throws {
        var changes = database.changes().makeAsyncIterator()
        try await database.record(.spans([try TestSpan.make("a", id: 1)]), at: .now)
        #expect(await changes.next() != nil)
    }

    @Test("refusals are kept, the latest first and not without end")
    func refusals() async throws {
        for number in 1...(TraceDatabase.refusalLimitCount + 5) {
            try await database.record(.refusal("no. \(number)"), at: .now)
        }
        let reasons = try await archive.refusals().map(\.reason)
        #expect(reasons.count == TraceDatabase.refusalLimitCount)
        #expect(reasons.first == "no. \(TraceDatabase.refusalLimitCount + 5)")
    }
}
