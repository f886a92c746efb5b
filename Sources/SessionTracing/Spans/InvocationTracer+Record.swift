internal import Tracing

extension InvocationTracer {
    /// Runs what is done with one record of a batch in the session, and under the span, of the record's own caller.
    ///
    /// Its span is linked with the invocation's, in whose trace it need not be
    /// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#batch-receiving).
    ///
    /// - Parameters:
    ///   - session: The record's session.
    ///   - parent: The record's caller; nil stays under the invocation's current span.
    ///   - baggage: What the record's caller sent along.
    ///   - id: The record's name at its source.
    ///   - body: What is done; gets the record's tracer. Spans of any library within are in the record's session.
    /// - Throws: What the body throws, after it has been recorded on the record's span.
    package nonisolated(nonsending) func withRecord(
        session: Session,
        parent: TraceContext?,
        baggage: Baggage,
        id: String,
        _ body: nonisolated(nonsending) (InvocationTracer) async throws -> Void
    ) async throws {
        let root = root
        let tracer = InvocationTracer(within: self, session: session, parent: parent, baggage: baggage)
        var context = InstrumentationContext.current ?? .topLevel
        context.tracingPlace.scopedTracer = tracer
        let span = tracer.startSpan(
            root?.operationName ?? "process",
            kind: .consumer,
            eventType: .chain,
            context: context,
            at: context.tracingPlace
        )
        span.setAttribute("messaging.message.id", to: .string(id))
        if let root {
            span.addLink(SpanLink(context: root.context, attributes: [:]))
            for key in Self.attributesOfBatch {
                if let value = root.read({ $0.attributes[key] }) { span.setAttribute(key, to: value) }
            }
        }
        defer { span.end() }
        do {
            try await InstrumentationContext.$current.withValue(span.context) { try await body(tracer) }
        } catch {
            span.recordThrown(error)
            throw error
        }
    }

    /// What is true of the whole batch and of each of its records.
    private static let attributesOfBatch = [
        "messaging.system", "messaging.destination.name", "messaging.operation.type", "messaging.operation.name",
    ]
}
