internal import Tracing

/// The invocation, if there is one, and the current span from which another service is called.
package struct OutgoingCall: Sendable {
    private let tracer: InvocationTracer?
    private let current: CurrentTrace
    private let context: InstrumentationContext
    /// The header fields of a caller where no invocation is known yet.
    private let handedOn: TraceHeaders?
    private let propagators: Propagators

    /// Finds the invocation and the span of the current task.
    ///
    /// - Parameter tracer: The tracer of the invocation; nil to find it as `withSpan` does, by the task or among the
    ///   running invocations.
    package init(from tracer: InvocationTracer?) {
        context = InstrumentationContext.current ?? .topLevel
        var current = context.currentTrace
        if let tracer {
            self.tracer = tracer.resolved(in: current)
            handedOn = nil
            propagators = tracer.policy.propagators
        } else {
            let process = InstrumentationSystem.tracer as? TaskLocalTracer
            self.tracer = process?.tracer(in: &current)
            handedOn = (self.tracer?.initHeaders ?? current.extracted?.headers)
            propagators = process?.propagators ?? Propagators()
        }
        self.current = current
    }

    /// The time that is left for calls: the invocation's remaining time less the margin of the flush; nil outside an
    /// invocation.
    package var remainingTime: Duration? { tracer?.trace.remainingCallTime }

    /// The servers that receive the session.
    package var trustedServers: TrustedServers { tracer?.policy.trustedServers ?? .none }

    /// Starts the client span of one request.
    ///
    /// - Returns: The span; nil if no invocation can record it, which is counted.
    package func startSpan(_ name: String) -> TracedSpan? {
        guard let tracer else {
            (InstrumentationSystem.tracer as? TaskLocalTracer)?.countLoss()
            return nil
        }
        return tracer.startSpan(
            name,
            kind: .client,
            eventType: nil,
            context: context,
            in: current,
            redactsName: false
        )
    }

    /// Returns the header fields of a request.
    ///
    /// - Parameters:
    ///   - span: The request's span.
    ///   - includesBaggage: True to send the session and the rest of the baggage.
    ///   - existing: The value of the request's own `baggage` field, which is kept.
    /// - Returns: The names, in lower case, and values.
    package func fields(
        for span: TracedSpan?,
        includesBaggage: Bool,
        existing: String?
    ) -> [(name: String, value: String)] {
        let fields: PropagationFields? =
            if let span, let owner = span.tracer.owner {
                PropagationFields(
                    tracer: owner,
                    parent: span.traceContext,
                    existing: Baggage(header: existing ?? ""),
                    includesBaggage: includesBaggage
                )
            } else {
                handedOn.map { PropagationFields(handingOn: $0, propagators) }
            }
        return (fields?.fields ?? []).filter { includesBaggage || $0.name != "baggage" }
    }
}

extension TracedSpan {
    /// Sets several attributes under their own names, redacted.
    package func setAttributes(_ values: [(key: String, value: AttributeValue)]) {
        let redaction = tracer.redaction
        let values = values.map { ($0.key, redaction.redacted($0.value, of: $0.key)) }
        update { state in
            for (key, value) in values { state.attributes.set(key, to: value) }
        }
    }
}
