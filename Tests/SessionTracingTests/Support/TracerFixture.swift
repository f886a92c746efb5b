import SessionTracing
import Testing
import Tracing

/// An invocation's tracer with a started root span and the list of its ended spans.
struct TracerFixture {
    let tracer: InvocationTracer
    let root: TracedSpan
    let spans = SpanList()
    let clock: ManualClock

    init(
        sessionText: String = "12345678-1234-1234-1234-123456789abc",
        origin: Session.Origin = .event,
        project: String? = "demo",
        source: String = "test",
        parent: TraceContext? = nil,
        baggage: Baggage = Baggage(),
        policy: TracingPolicy = TracingPolicy(),
        isTracingOff: Bool = false,
        clock: ManualClock = ManualClock(),
        registry: InvocationRegistry? = nil,
        onFlush: @escaping @Sendable () -> Void = {}
    ) throws {
        self.clock = clock
        let session = Session(
            id: try #require(SessionID(sessionText)),
            origin: origin,
            name: "a session",
            project: project,
            source: source
        )
        tracer = InvocationTracer(
            requestID: "request-1",
            session: session,
            parent: parent,
            baggage: baggage,
            policy: policy,
            recorder: isTracingOff ? nil : spans,
            clock: clock.clock,
            registry: registry,
            flushHandler: {
                onFlush()
                return FlushReport()
            }
        )
        root = tracer.startRootSpan("root", kind: .server, parent: parent)
    }

    /// Runs a handler with the root span as the current one.
    nonisolated(nonsending) func invoke<Result>(
        _ handler: nonisolated(nonsending) () async throws -> Result
    ) async rethrows -> Result {
        try await InstrumentationContext.$current.withValue(root.context) { try await handler() }
    }

    /// Makes one span and returns its record.
    nonisolated(nonsending) func record(
        _ name: String = "step",
        type: EventType? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (TracedSpan) throws -> Void
    ) async throws -> SpanRecord {
        try await tracer.enrichSpanContext(eventName: name, type: type) { try body($0) }
        return try spans.only(name, sourceLocation: sourceLocation)
    }
}
