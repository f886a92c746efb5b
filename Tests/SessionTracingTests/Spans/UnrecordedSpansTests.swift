import SessionTracing
import Synchronization
import Testing
import Tracing

/// What a limit or the sampler keeps from being recorded is counted by cause.
@Suite("Counts of what is not recorded")
struct UnrecordedSpansTests {
    @Test("Spans and session updates of a trace that is not sampled")
    func notSampled() async throws {
        let fixture = try TracerFixture(policy: TracingPolicy(sampler: .alwaysOff))
        await fixture.tracer.enrichSpanContext(eventName: "step") { _ in }
        fixture.tracer.enrichSession(metadata: ["a": 1])
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.isEmpty)
        let counts = try #require(fixture.spans.unrecorded?.takeUnreported())
        #expect(counts == [.notSampled: 2, .sessionUpdateNotSampled: 1])
        var report = FlushReport()
        report.recordUnrecorded(counts)
        #expect(report.unrecordedSpanCounts == ["not sampled": 2])
        #expect(report.unrecordedSessionUpdateCounts == ["not sampled": 1])
        #expect(report.isComplete)
    }

    @Test("In a trace that is not sampled, no value is searched for secrets", arguments: [true, false])
    func notSearched(isSampled: Bool) async throws {
        let calls = Mutex(0)
        let redaction = Redaction { _, value in
            calls.withLock { $0 += 1 }
            return value
        }
        let sampler = isSampled ? Sampler.alwaysOn : .alwaysOff
        let fixture = try TracerFixture(policy: TracingPolicy(sampler: sampler, redaction: redaction))
        calls.withLock { $0 = 0 }
        try? await fixture.tracer.enrichSpanContext(eventName: "step", inputs: ["a": "b"]) { span in
            span.enrich(outputs: ["c": "d"])
            span.setAttribute("e", to: "f")
            span.attributes["g"] = "h"
            span.updateAttributes { $0["i"] = "j" }
            span.setAttributes([("k", "l")])
            span.operationName = "other"
            span.addEvent(SpanEvent(name: "event", attributes: ["m": "n"]))
            span.addLink(SpanLink(context: fixture.root.context, attributes: ["o": "p"]))
            span.recordHTTPStatus(500)
            span.setStatus(SpanStatus(code: .error, message: "q"))
            throw CancellationError()
        }
        fixture.tracer.endRootSpan()
        #expect((calls.withLock { $0 } > 0) == isSampled)
    }

    @Test("Sessions over the limit of one invocation")
    func sessions() throws {
        let fixture = try TracerFixture()
        for number in 0..<10_002 { fixture.tracer.enrichSession(metadata: ["a": 1], sessionID: "session \(number)") }
        #expect(fixture.tracer.takeSessionRequests().count == 10_000)
        #expect(fixture.spans.unrecorded?.takeUnreported() == [.enrichedSessionLimit: 2])
    }

    @Test("Open spans over the limit that are open at the end of the invocation")
    func openSpans() throws {
        let fixture = try TracerFixture()
        let instrument = TaskLocalTracer()
        let spans = (0..<100_003).map { _ in instrument.startSpan("s", context: fixture.root.context) }
        spans.last?.end()
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.unrecorded?.takeUnreported() == [.openSpanLimit: 2])
        #expect(fixture.spans.all.count == 100_002)
    }

    @Test("A scope whose caller does not record its trace")
    func scope() async throws {
        let fixture = try TracerFixture()
        let carrier = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"]
        await fixture.tracer.withDistributedTraceContext(carrier) { tracer in
            await tracer.enrichSpanContext(eventName: "step") { _ in }
        }
        #expect(fixture.spans.unrecorded?.takeUnreported() == [.notSampled: 1])
    }

    @Test("Without tracing nothing is counted")
    func off() async throws {
        let fixture = try TracerFixture(isTracingOff: true)
        await fixture.tracer.enrichSpanContext(eventName: "step") { _ in }
        fixture.tracer.enrichSession(metadata: ["a": 1])
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.unrecorded?.takeUnreported() == [:])
    }
}
