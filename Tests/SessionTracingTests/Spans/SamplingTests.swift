import SessionTracing
import Testing
import Tracing

@Suite("A trace that is not recorded")
struct SamplingTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"

    private func use(_ fixture: TracerFixture) async throws {
        await #expect(throws: CancellationError.self) {
            try await fixture.tracer.enrichSpanContext(eventName: "step", inputs: ["k": 1]) { span in
                span.addEvent("e")
                #expect(!span.isRecording)
                throw CancellationError()
            }
        }
        fixture.tracer.endRootSpan()
    }

    @Test("When the caller does not record, nothing is recorded here, and the next service is told")
    func unsampled() async throws {
        let fixture = try TracerFixture(parent: TraceContext(traceparent: "\(Self.parent)00"))
        #expect(!fixture.tracer.isSampled)
        let fields = PropagationFields(fixture.root)
        #expect(fields.traceparent == "00-0af7651916cd43dd8448eb211c80319c-\(fixture.root.id)-00")
        #expect(Baggage(header: fields.baggage)["session_id"] == "12345678-1234-1234-1234-123456789abc")
        try await use(fixture)
        #expect(fixture.spans.all.isEmpty)
    }

    @Test("When the caller records, or there is none, this function does", arguments: ["01", "03", nil])
    func sampled(flags: String?) async throws {
        let fixture = try TracerFixture(parent: flags.flatMap { TraceContext(traceparent: Self.parent + $0) })
        #expect(fixture.tracer.isSampled)
        #expect(fixture.root.isRecording)
        fixture.tracer.endRootSpan()
        #expect(fixture.spans.all.map(\.isSampled) == [true])
    }

    @Test("With tracing off the handler's steps run, and nothing is recorded")
    func off() async throws {
        let fixture = try TracerFixture(isTracingOff: true)
        #expect(!fixture.tracer.isSampled)
        try await use(fixture)
        #expect(fixture.spans.all.isEmpty)
    }

    @Test("With tracing off, the session goes on to the next service")
    func offPropagates() throws {
        let fixture = try TracerFixture(isTracingOff: true)
        let baggage = Baggage(header: PropagationFields(fixture.root).baggage)
        #expect(baggage["session_id"] == "12345678-1234-1234-1234-123456789abc")
    }

    /// https://opentelemetry.io/docs/specs/otel/trace/api/#behavior-of-the-api-in-the-absence-of-an-installed-sdk.
    @Test("With tracing off, the caller's trace goes on unchanged, and none begins", arguments: ["00", "01", nil])
    func offHandsOn(flags: String?) async throws {
        let parent = flags.flatMap { TraceContext(traceparent: Self.parent + $0, tracestate: "vendor=1") }
        let fixture = try TracerFixture(parent: parent, isTracingOff: true)
        let expected = flags.map { Self.parent + $0 }
        #expect(PropagationFields(fixture.root).traceparent == expected)
        await fixture.tracer.enrichSpanContext(eventName: "step") { span in
            #expect(PropagationFields(span).traceparent == expected)
            var carrier: [String: String] = [:]
            fixture.tracer.injectContext(into: &carrier)
            #expect(carrier["traceparent"] == expected)
            #expect(carrier["tracestate"] == expected.map { _ in "vendor=1" })
            #expect(carrier["baggage"]?.contains("session_id=") == true)
        }
        let other = "00-11111111111111111111111111111111-2222222222222222-01"
        await fixture.tracer.withDistributedTraceContext(["traceparent": other]) { tracer in
            var carrier: [String: String] = [:]
            tracer.injectContext(into: &carrier)
            #expect(carrier["traceparent"] == other)
        }
    }
}
