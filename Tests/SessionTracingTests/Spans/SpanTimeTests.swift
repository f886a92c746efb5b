import SessionTracing
import Testing
import Tracing

@Suite("The times of spans")
struct SpanTimeTests {
    private static let start: UInt64 = 1_700_000_000_000_000_000

    @Test("A span starts by the wall's clock and lasts by the monotonic one")
    func times() async throws {
        let fixture = try TracerFixture()
        fixture.clock.advance(nanoseconds: 1_000)
        let step = try await fixture.record { _ in fixture.clock.advance(nanoseconds: 250) }
        fixture.clock.advance(nanoseconds: 5)
        fixture.tracer.endRootSpan()
        let root = try fixture.spans.only("root")
        #expect(root.startUnixNanoseconds == Self.start)
        #expect(step.startUnixNanoseconds == Self.start + 1_000)
        #expect(step.endUnixNanoseconds == Self.start + 1_250)
        #expect(root.endUnixNanoseconds == Self.start + 1_255)
    }

    @Test("A step of the wall's clock changes no duration", arguments: [0, 1, start - 3_600_000_000_000, start * 2])
    func clockStep(wall: UInt64) async throws {
        let fixture = try TracerFixture()
        let step = try await fixture.record { _ in
            fixture.clock.advance(nanoseconds: 100)
            fixture.clock.stepWall(to: wall)
            fixture.clock.advance(nanoseconds: 23)
        }
        fixture.tracer.endRootSpan()
        #expect(step.startUnixNanoseconds == Self.start)
        #expect(step.endUnixNanoseconds == Self.start + 123)
        #expect(try fixture.spans.only("root").endUnixNanoseconds == Self.start + 123)
    }

    @Test("A span that is given an end before its start lasts no time")
    func endBeforeStart() throws {
        let fixture = try TracerFixture()
        fixture.root.end(at: FixedInstant(nanosecondsSinceEpoch: 5))
        let root = try fixture.spans.only("root")
        #expect(root.startUnixNanoseconds == Self.start)
        #expect(root.endUnixNanoseconds == Self.start)
    }

    @Test("The system's clocks go forward, and the wall's is near the epoch's count of this century")
    func systemClock() {
        let anchor = TraceClock.Anchor(.system)
        var last: UInt64 = 1_700_000_000_000_000_000
        for _ in 0..<1_000 {
            let now = anchor.unixNanoseconds()
            #expect(now >= last)
            last = now
        }
        #expect(last < 4_100_000_000_000_000_000)
    }

    @Test("A library's span that names no time goes by the invocation's clock, whatever the wall's clock does")
    func libraryClock() async throws {
        let fixture = try TracerFixture()
        await fixture.invoke {
            TaskLocalTracer().withSpan("library") { span in
                fixture.clock.advance(nanoseconds: 40)
                fixture.clock.stepWall(to: 1)
                span.recordError(CancellationError())
                fixture.clock.advance(nanoseconds: 2)
            }
        }
        let span = try fixture.spans.only("library")
        #expect(span.startUnixNanoseconds == Self.start)
        #expect(span.events.map(\.unixNanoseconds) == [Self.start + 40])
        #expect(span.endUnixNanoseconds == Self.start + 42)
    }

    @Test("An error's event is at the time of the error")
    func errorTime() async throws {
        let fixture = try TracerFixture()
        let span = try await fixture.record { span in
            span.recordError(CancellationError(), attributes: [:], at: FixedInstant(nanosecondsSinceEpoch: 77))
        }
        #expect(span.events.map(\.unixNanoseconds) == [77])
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.enrichSpanContext(eventName: "thrown") { _ in
                fixture.clock.advance(nanoseconds: 9)
                throw CancellationError()
            }
        }
        #expect(try fixture.spans.only("thrown").events.map(\.unixNanoseconds) == [Self.start + 9])
    }
}
