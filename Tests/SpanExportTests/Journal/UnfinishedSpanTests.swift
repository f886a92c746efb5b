import Foundation
import Testing

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

@Suite("Spans that their process has left open")
struct UnfinishedSpanTests {
    struct Span: Decodable {
        struct Status: Decodable {
            let code: Int?
            let message: String?
        }
        struct Event: Decodable {
            let name: String
            let attributes: [Attribute]
        }
        struct Attribute: Decodable {
            struct Value: Decodable {
                let stringValue: String?
                let boolValue: Bool?
                let intValue: String?
                let doubleValue: Double?
            }
            let key: String
            let value: Value
        }
        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let traceState: String?
        let name: String
        let kind: Int
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        let events: [Event]
        let status: Status
        let flags: Int

        subscript(key: String) -> Attribute.Value? { attributes.first { $0.key == key }?.value }
    }

    private struct Request: Decodable {
        struct Resource: Decodable { let scopeSpans: [Scope] }
        struct Scope: Decodable { let spans: [Span] }
        let resourceSpans: [Resource]
    }

    private func spans(_ buffer: SpanBuffer) throws -> [Span] {
        try JSONDecoder().decode(Request.self, from: Data(buffer.takeBody()))
            .resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
    }

    private static func nanoseconds(_ duration: Duration) -> String {
        String(ManualClock.startUnixSeconds * 1_000_000_000 + duration.wholeNanoseconds)
    }

    @Test("They are closed as failed, with their own ids, names, times, parents and session")
    func closed() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        fixture.clock.advance(by: .milliseconds(10))
        let root = try process.startRoot()
        fixture.clock.advance(by: .milliseconds(10))
        let model = process.start("ask \"the\" model\n")
        process.run("done")
        fixture.clock.advance(by: .milliseconds(10))
        let last = process.start("last")
        try fixture.end(process)
        fixture.clock.advance(by: .milliseconds(500))

        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 1, unfinishedSpanCount: 3))
        let found = try spans(buffer)
        #expect(found.map(\.name) == ["done", "root", "ask \"the\" model\n", "last"])
        let rootSpan = found[1]
        #expect(rootSpan.spanId == root.id.description)
        #expect(rootSpan.traceId == process.tracer.traceID.description)
        #expect(rootSpan.parentSpanId == nil)
        #expect(rootSpan.traceState == "vendor=1")
        #expect(rootSpan.kind == 2)
        #expect(rootSpan.startTimeUnixNano == Self.nanoseconds(.milliseconds(10)))
        #expect(rootSpan["faas.invocation_id"]?.stringValue == "request-1")
        #expect(rootSpan["faas.coldstart"]?.boolValue == true)
        #expect(rootSpan["a.count"]?.intValue == "5")
        #expect(rootSpan["a.share"]?.doubleValue == 0.5)
        #expect(rootSpan["honeyhive_event_type"]?.stringValue == "chain")
        let modelSpan = found[2]
        #expect(modelSpan.spanId == model.id.description)
        #expect(modelSpan.parentSpanId == root.id.description)
        #expect(modelSpan.kind == 3)
        #expect(modelSpan.startTimeUnixNano == Self.nanoseconds(.milliseconds(20)))
        #expect(modelSpan["honeyhive_event_type"]?.stringValue == "model")
        #expect(found[3].spanId == last.id.description)
        for span in found.dropFirst() {
            #expect(span["honeyhive.session_id"]?.stringValue == "12345678-1234-1234-1234-123456789abc")
            #expect(span["honeyhive.project"]?.stringValue == "demo")
            #expect(span["honeyhive_metadata.unfinished"]?.boolValue == true)
            // The last time at which the process was alive; nothing later is known.
            #expect(span.endTimeUnixNano == Self.nanoseconds(.milliseconds(30)))
            #expect(span.status.code == 2)
            #expect(span["honeyhive_error"]?.stringValue == ProcessEnd.crash.message)
            #expect(span.events.map(\.name) == ["exception"])
            #expect(span.flags == 0x101)
        }
    }

    struct Death: CustomTestStringConvertible, Sendable {
        /// The time since the clock's start, as for the deadline at 3 s.
        let heartbeat: Duration?
        let recovery: Duration
        let end: ProcessEnd
        let endTime: Duration
        var testDescription: String { "alive \(heartbeat ?? .zero), found \(recovery): \(end)" }
    }

    @Test(
        "What is said of the end is what can be known of it",
        arguments: [
            Death(heartbeat: nil, recovery: .seconds(2), end: .crash, endTime: .zero),
            Death(heartbeat: .seconds(2), recovery: .milliseconds(2_999), end: .crash, endTime: .seconds(2)),
            Death(heartbeat: .seconds(2), recovery: .seconds(3), end: .unknown, endTime: .seconds(2)),
            Death(heartbeat: .seconds(3), recovery: .seconds(9), end: .timeout, endTime: .seconds(3)),
            Death(heartbeat: .seconds(4), recovery: .seconds(9), end: .timeout, endTime: .seconds(3)),
            // After a clock was set back, or with a forged file: the last time alive is never later than now.
            Death(heartbeat: .seconds(50), recovery: .seconds(1), end: .crash, endTime: .seconds(1)),
        ]
    )
    func ends(_ death: Death) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        let start = ManualClock.startUnixSeconds * 1_000_000_000
        if let time = death.heartbeat { process.journal.recordHeartbeat(at: start + time.wholeNanoseconds) }
        try fixture.end(process)
        fixture.clock.advance(by: death.recovery)
        let span = try #require(try spans(fixture.recover().buffer).first)
        #expect(span["honeyhive_error"]?.stringValue == death.end.message)
        #expect(span.status.message == "\(death.end.errorType): \(death.end.message)")
        #expect(span.endTimeUnixNano == Self.nanoseconds(death.endTime))
    }

    @Test("A root that is in the journal as ended is not told of again")
    func ended() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        _ = process.start("left open by the handler")
        process.tracer.endRootSpan()
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 2))
    }

    @Test("What is not recorded leaves nothing")
    func unsampled() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        let tracer = InvocationTracer(
            requestID: "r",
            session: process.tracer.session,
            parent: nil,
            policy: TracingPolicy(sampler: .alwaysOff),
            recorder: process.buffer
        )
        _ = tracer.startRootSpan("root", kind: .server, parent: nil)
        try fixture.end(process)
        #expect(fixture.recover().report.isEmpty)
    }

    @Test("A long invocation whose spans are delivered early keeps its journal short, and its open spans in it")
    func compaction() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        _ = process.start("open")
        // Several times the capacity of the file.
        for number in 0..<400 {
            process.run("step-\(number)", payloadBytes: 200_000)
            if number % 10 == 9 { process.deliverAll() }
        }
        process.run("undelivered")
        #expect(process.journal.takeGaps().isEmpty)
        #expect(try fixture.bytes().count < 8 * 1_024 * 1_024)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 1, unfinishedSpanCount: 2))
        #expect(try buffer.takeNames() == ["undelivered", "root", "open"])
    }
}
