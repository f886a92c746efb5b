package import Tracing

/// The process-wide tracer of swift-distributed-tracing.
///
/// It finds the invocation in the task-local context, or in the registry of running invocations, and delegates to its
/// ``InvocationTracer``. Libraries keep the bootstrapped tracer, often from before the first invocation, so it has no
/// other state.
package struct TaskLocalTracer: Tracer {
    package typealias Span = TracedSpan

    private let registry: InvocationRegistry?
    let propagators: Propagators

    /// Creates a tracer.
    ///
    /// - Parameters:
    ///   - registry: The process's running invocations. Nil if tracing is disabled: spans without an invocation in their
    ///     context are then discarded.
    ///   - propagators: The fields that are handed on outside an invocation; nil for those of the registry's policy,
    ///     without one all.
    package init(registry: InvocationRegistry? = nil, propagators: Propagators? = nil) {
        self.registry = registry
        self.propagators = propagators ?? registry?.propagators ?? .all
    }

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
        var current = context.currentTrace
        let tracer = tracer(in: &current) ?? lostTracer
        return tracer.startSpan(
            operationName,
            kind: SpanRecord.Kind(kind),
            eventType: nil,
            context: context,
            in: current,
            startUnixNanoseconds: tracer.unixNanoseconds(of: instant)
        )
    }

    package func activeSpan(identifiedBy context: InstrumentationContext) -> TracedSpan? {
        guard let span = context.tracedSpan, span.isRecording else { return nil }
        return span
    }

    /// Requests a flush of the current task's invocation or, without one, of all running ones, and returns at once,
    /// because a task must not block.
    ///
    /// The runtime flushes before each response in any case; ``InvocationTracer/flush()`` also waits for the result.
    package func forceFlush() {
        let current = (InstrumentationContext.current ?? .topLevel).currentTrace
        let tracer = current.tracer.flatMap { $0.isOfInvocation ? $0 : nil }
        for tracer in tracer.map({ [$0] }) ?? registry?.running ?? [] {
            Task.detached { _ = await tracer.flush() }
        }
    }

    /// Writes what ``InvocationTracer/injectContext(into:)`` writes.
    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        var current = context.currentTrace
        let tracer = tracer(in: &current)
        let fields: PropagationFields? =
            if let tracer, tracer.isOfInvocation {
                tracer.propagationFields(in: current)
            } else {
                // The invocation's trace and session are not known, but a caller's may be.
                (tracer?.initHeaders ?? current.extracted?.headers).map {
                    PropagationFields(handingOn: $0, propagators)
                }
            }
        for (name, value) in fields?.fields ?? [] { injector.inject(value, forKey: name, into: &carrier) }
    }

    /// Makes the caller's span the parent, and its session the session, of spans started in the context, as
    /// ``InvocationTracer/withDistributedTraceContext(_:sessionID:_:)`` does.
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let headers = TraceHeaders { name in
            // An extractor may compare names exactly, and HTTP/1 servers often capitalise them.
            for spelling in [name, name.headerCased, name.uppercased()] {
                if let value = extractor.extract(key: spelling, from: carrier) { return [value] }
            }
            return []
        }
        guard !headers.isEmpty else { return }
        var current = context.currentTrace
        if let tracer = tracer(in: &current) {
            current.scopedTracer = tracer.scoped(to: headers)
        } else {
            current.extracted = ExtractedContext(headers)
        }
        context.currentTrace = current
    }

    // MARK: The invocation

    /// Finds the tracer for a context.
    ///
    /// - Parameter current: The context's span and tracer; a caller's context in it becomes a scope of the invocation.
    /// - Returns: The tracer; nil if there is no invocation to choose.
    func tracer(in current: inout CurrentTrace) -> InvocationTracer? {
        if let tracer = current.tracer, tracer.isOfInvocation { return tracer.resolved(in: current) }
        return tracerOutsideInvocation(&current)
    }

    private func tracerOutsideInvocation(_ current: inout CurrentTrace) -> InvocationTracer? {
        // A span that was not recorded cannot be the parent of one that is.
        if current.span?.tracer === InvocationTracer.noOp { current.span = nil }
        if let scope = current.scopedTracer, let owner = scope.owner { current.scopedTracer = owner }
        guard let tracer = invocationTracer(current) else { return nil }
        guard let headers = current.extracted?.headers else { return tracer }
        let scope = tracer.scoped(to: headers)
        current.scopedTracer = scope
        current.extracted = nil
        return scope
    }

    private func invocationTracer(_ current: CurrentTrace) -> InvocationTracer? {
        if let tracer = current.tracer { return (tracer.owner ?? tracer).resolved(in: current) }
        // A context without an invocation, in a task that has one.
        if let task = InstrumentationContext.current?.currentTrace.tracer, task.isOfInvocation {
            return task.root?.tracer ?? task
        }
        return registry?.tracer
    }

    /// The tracer of a span that no invocation can record; the span is counted.
    private var lostTracer: InvocationTracer {
        countLoss()
        return .noOp
    }

    /// Counts a span that no invocation can record.
    func countLoss() { registry?.countLoss() }
}

extension String {
    /// The name of a header field with each word capitalised, as in `X-Session-Id`.
    fileprivate var headerCased: String {
        split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }
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
