import SessionTracing

/// An invocation's tracer as in a function, without sending anything.
struct Fixture {
    let buffer: SpanBuffer
    let tracer: InvocationTracer

    init(format: SpanFormat = .honeyHiveJSON) {
        var resource = AttributeList()
        resource.set("service.name", to: "benchmark")
        buffer = SpanBuffer(encoder: SpanEncoder(format: format, resource: resource, scopeVersion: "1"))
        tracer = Self.tracer(recorder: buffer)
        _ = tracer.startRootSpan("benchmark", kind: .server, parent: nil)
    }

    static func tracer(recorder: any SpanRecorder) -> InvocationTracer {
        var ids = IDGenerator.system
        let session = Session(
            id: SessionID(using: &ids),
            origin: .event,
            name: "benchmark",
            project: "benchmark",
            source: "dev"
        )
        return InvocationTracer(requestID: "request", session: session, parent: nil, recorder: recorder)
    }

    /// Eight attributes of a step, in addition to those of the session.
    static let attributes: [String: AttributeValue] = [
        "a": "text", "b": 1, "c": 2.5, "d": true, "e": "more text", "f": 6, "g": "seven", "h": "eight",
    ]

    func makeSpan() async {
        await tracer.enrichSpanContext(eventName: "step", type: .tool, inputs: Self.attributes) { _ in }
    }

    /// Discards the spans so far, as a flush does.
    func forgetSpans() {
        while let batch = buffer.takeBatch() { buffer.acknowledge(batch) }
    }
}
