import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("The lines that the page asks for")
struct WaterfallJSONTests {
    private func line(of span: TraceSpan) async throws -> [String: JSONValue] {
        let database = try TraceDatabase(inMemory: TraceRetention())
        try await database.record(.spans([span]), at: .now)
        return try #require(try await database.archive.lines(of: TestSpan.session).lines.first)
    }

    @Test("a line has a value for each column, times in microseconds and the duration in nanoseconds")
    func columns() async throws {
        var span = try TestSpan.make("answer", id: 1, parent: 2, startMilliseconds: 3, durationMilliseconds: 4)
        span.attributes += [
            Attribute("honeyhive_event_type", .string("model")), Attribute("faas.coldstart", .bool(false)),
            Attribute("gen_ai.usage.input_tokens", .int(7)),
        ]
        span.links = [.init(traceID: span.traceID, spanID: span.spanID, attributes: [])]
        let line = try await line(of: span)
        #expect(line["trace"]?.string == span.traceID.hex)
        #expect(line["span"]?.string == span.spanID.hex)
        #expect(line["parent"]?.string == span.parentID?.hex)
        #expect(line["type"] == "model")
        #expect(line["start"]?.number?.text == "1003000.000")
        #expect(line["duration"]?.number?.int64 == 4_000_000)
        #expect(line["error"] == .some(.null))
        #expect(line["unfinished"] == false)
        #expect(line["cold"] == false)
        #expect(line["tokens"]?.number?.int64 == 7)
        #expect(line["links"] == [[.string(span.traceID.hex), .string(span.spanID.hex)]])
    }

    @Test("a time of today keeps its nanoseconds, and one that is out of range is one")
    func times() async throws {
        var span = try TestSpan.make("now", id: 1)
        span.startNanoseconds = 1_795_552_717_706_676_799
        span.endNanoseconds = .max
        let line = try await line(of: span)
        #expect(line["start"]?.number?.text == "1795552717706676.799")
        #expect(line["duration"]?.number?.int64 == Int64.max - 1_795_552_717_706_676_799)
    }

    @Test("a span that is no invocation is neither cold nor warm, and one that never ended has no negative duration")
    func absent() async throws {
        var span = try TestSpan.make("open", id: 1)
        span.endNanoseconds = 0
        let line = try await line(of: span)
        #expect(line["cold"] == .some(.null))
        #expect(line["unfinished"] == true)
        #expect(line["duration"]?.number?.int64 == 0)
    }

    @Test("a name and an error of any length are cut")
    func long() async throws {
        var span = try TestSpan.make(String(repeating: "é", count: 10_000), id: 1)
        span.status = .error(message: String(repeating: "x", count: 10_000))
        let line = try await line(of: span)
        #expect(line["name"]?.string?.count == TraceArchive.lineLimitScalars)
        #expect(line["error"]?.string?.count == TraceArchive.lineLimitScalars)
    }
}
