package import Tracing

/// The process-wide tracer of swift-distributed-tracing: finds the current invocation by the task-local context and leaves the
/// work to its ``InvocationTracer``.
///
/// Libraries capture the bootstrapped tracer once, often before the first invocation, so this one has no state of its own.
/// Outside an invocation its spans are recorded nowhere.
package struct InvocationInstrument: Tracer {
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
        let place = context.tracingPlace
        let tracer = (place.tracer ?? .nowhere).resolved(at: place)
        return tracer.startSpan(
            operationName,
            kind: SpanRecord.Kind(kind),
            eventType: nil,
            context: context,
            at: place,
            startUnixNanoseconds: tracer.unixNanoseconds(of: instant)
        )
    }

    package func activeSpan(identifiedBy context: InstrumentationContext) -> TracedSpan? {
        context.tracedSpan
    }

    /// Required by an older form of the protocol; the runtime flushes by itself.
    package func forceFlush() {}

    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let tracer = context.tracingPlace.tracer else { return }
        for (name, value) in tracer.propagationFields(in: context).fields {
            injector.inject(value, forKey: name, into: &carrier)
        }
    }

    /// Leaves the context as it is: an invocation's parent is taken from its event, before any user code runs.
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {}
}

extension TracingPlace {
    /// A tracer of the invocation that it is in; nil outside any.
    fileprivate var tracer: InvocationTracer? { span?.tracer ?? scopedTracer }
}

extension InvocationTracer {
    /// Stands in where there is no invocation: makes spans that nobody records.
    fileprivate static let nowhere: InvocationTracer = {
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
