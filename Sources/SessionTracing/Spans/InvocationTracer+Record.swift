internal import Tracing

extension InvocationTracer {
    /// Processes one record of a batch in the session, and under the span, of the record's own caller.
    ///
    /// The record's span has a link to the invocation's span, which may belong to another trace
    /// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#batch-receiving).
    ///
    /// - Parameters:
    ///   - session: The record's session.
    ///   - parent: The span of the record's caller; nil uses the invocation's current span.
    ///   - baggage: The baggage of the record's caller.
    ///   - id: The record's id at its source.
    ///   - link: A span to link, of an earlier trace; nil for none.
    ///   - body: Processes the record with the record's tracer. All spans started within belong to the record's
    ///     session.
    /// - Throws: The body's error, after it has been recorded on the record's span.
    package nonisolated(nonsending) func withRecord(
        session: Session,
        parent: TraceContext?,
        baggage: Baggage,
        id: String,
        link: TraceContext? = nil,
        _ body: nonisolated(nonsending) (InvocationTracer) async throws -> Void
    ) async throws {
        let root = root
        let tracer = InvocationTracer(within: self, session: session, parent: parent, baggage: baggage)
        var context = InstrumentationContext.current ?? .topLevel
        context.currentTrace.scopedTracer = tracer
        let span = tracer.startSpan(
            // Another name than the invocation's span, which can have the same parent.
            "\(root?.operationName ?? "process") record",
            kind: .consumer,
            eventType: .chain,
            context: context,
            in: context.currentTrace,
            redactsName: root == nil
        )
        span.setAttribute("messaging.message.id", to: .string(id))
        if let link { span.addLink(to: link) }
        if let root {
            span.addLink(SpanLink(context: root.context, attributes: [:]))
            // Redacted before, so that a custom rule is not applied to its own result.
            let entries = root.read { state in
                Self.attributesOfBatch.compactMap { key in
                    state.attributes[key].map { AttributeList.Entry(key: key, value: $0) }
                }
            }
            span.update { $0.attributes.set(entries) }
        }
        defer { span.end() }
        do {
            try await InstrumentationContext.$current.withValue(span.context) { try await body(tracer) }
        } catch {
            span.recordThrown(error)
            throw error
        }
    }

    /// The attributes of the invocation's span that also apply to each record.
    private static let attributesOfBatch = [
        "messaging.system", "messaging.destination.name", "messaging.operation.type", "messaging.operation.name",
    ]
}
