import SessionTracing
import SpanJournal
import WireText

/// Measures the journal's cost per span: `JournalProbe DIRECTORY measure`, in a release build.
enum JournalMeasure {
    private static let roundCount = 500
    private static let spanCount = 100

    static func run(_ journal: CrashJournal, _ tracer: InvocationTracer, _ buffer: SpanBuffer) async {
        let plain = SpanBuffer(encoder: buffer.encoder)
        let unjournaled = InvocationTracer(requestID: "r", session: tracer.session, parent: nil, recorder: plain)
        _ = unjournaled.startRootSpan("root", kind: .server, parent: nil)
        report("a span of 8 attributes, begin to encoded", await nanoseconds { await spans(unjournaled, plain) })
        report("the same with a journal", await nanoseconds { await spans(tracer, buffer) })
        await records(journal, bytes: batchBytes(plain, unjournaled))
        print("not journaled: \(journal.takeGaps())")
    }

    private static func spans(_ tracer: InvocationTracer, _ buffer: SpanBuffer) async {
        let inputs: [String: AttributeValue] = [
            "a": "text", "b": 1, "c": 2.5, "d": true, "e": "more text", "f": 6, "g": "seven", "h": "eight",
        ]
        for _ in 0..<spanCount { await tracer.enrichSpanContext(eventName: "step", inputs: inputs) { _ in } }
        while let batch = buffer.takeBatch() { buffer.acknowledge(batch) }
    }

    /// Returns the encoding of one span.
    private static func batchBytes(_ buffer: SpanBuffer, _ tracer: InvocationTracer) async -> [UInt8] {
        await tracer.enrichSpanContext(eventName: "step", inputs: ["a": "text", "b": 1]) { _ in }
        return buffer.takeBatch()?.bytes ?? []
    }

    private static func records(_ journal: CrashJournal, bytes: [UInt8]) async {
        guard let traceID = TraceID(high: 1, low: 2), let spanID = SpanID(3) else { return }
        let key = SpanKey(traceID, spanID)
        let scope = JournalScope(traceState: nil, deadlineUnixNanoseconds: nil, attributes: [])
        let start = SpanStart(
            key,
            parentSpanID: spanID,
            isParentRemote: false,
            name: "a step",
            kind: .internal,
            eventType: .tool,
            startUnixNanoseconds: 1
        )
        let time = await nanoseconds {
            var output = OutputBytes()
            output.append(bytes)
            for _ in 0..<spanCount {
                journal.start(start, in: scope)
                _ = journal.store(key, endUnixNanoseconds: 1, bytes: output, hasStarted: true)
            }
            journal.acknowledge(before: nil)
        }
        report("start and end in the journal, \(bytes.count) bytes", time)
    }

    /// Returns the time per span of the body, in nanoseconds: the minimum of all rounds.
    private static func nanoseconds(_ body: () async -> Void) async -> Double {
        var best = Duration.seconds(1_000)
        for _ in 0..<roundCount {
            let start = ContinuousClock.now
            await body()
            best = min(best, ContinuousClock.now - start)
        }
        return Double(best.wholeNanoseconds) / Double(spanCount)
    }

    private static func report(_ name: String, _ nanoseconds: Double) {
        print("\(name): \(Int(nanoseconds.rounded())) ns")
    }
}
