package import Tracing

/// The process-wide tracer of swift-distributed-tracing.
///
/// It finds the current invocation in the task-local context and delegates to its ``InvocationTracer``.
///
/// Libraries keep the bootstrapped tracer, often from before the first invocation, so it has no state. Spans started
/// outside an invocation are not recorded.
package struct TaskLocalTracer: Tracer {
    package typealias Span = TracedSpan

    package init() {}

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> TracedSpan {
        let context = context()
        let trace = context.currentTrace
        let tracer = (trace.tracer ?? .noOp).resolved(in: trace)
        return tracer.startSpan(
            operationName,
            kind: SpanRecord.Kind(kind),
            eventType: nil,
            context: context,
            in: trace,
            startUnixNanoseconds: tracer.unixNanoseconds(of: instant)
        )
    }

    package func activeSpan(identifiedBy context: InstrumentationContext) -> TracedSpan? {
        context.tracedSpan
    }

    /// Required by an older form of the protocol; does nothing, because the runtime flushes.
    package func forceFlush() {}

    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let tracer = context.currentTrace.tracer else { return }
        for (name, value) in tracer.propagationFields(in: context).fields {
            injector.inject(value, forKey: name, into: &carrier)
        }
    }

    /// Leaves the context unchanged: an invocation's parent is taken from its event before user code runs.
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {}
}

extension CurrentTrace {
    /// A tracer of the current invocation; nil outside an invocation.
    fileprivate var tracer: InvocationTracer? { span?.tracer ?? scopedTracer }
}

extension InvocationTracer {
    /// The tracer used outside an invocation; its spans are not recorded.
    fileprivate static let noOp: InvocationTracer = {
        var generator = SystemRandomNumberGenerator()
        let session = Session(
            id: SessionID(using: &generator),
            origin: .generated,
            name: "",
            project: nil,
            source: ""
        )
        return InvocationTracer(requestID: "", session: session, parent: nil, recorder: nil)
    }()
}

extension SpanRecord.Kind {
    fileprivate init(_ kind: SpanKind) {
        self =
            switch kind {
            case .server: .server
            case .client: .client
            case .producer: .producer
            case .consumer: .consumer
            case .internal: .internal
            }
    }
}
