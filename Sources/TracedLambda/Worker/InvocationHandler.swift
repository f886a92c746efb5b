internal import SessionTracing
internal import Tracing

/// A user's handler of either kind.
struct InvocationHandler: Sendable {
    /// Handles one invocation, as a task whose spans are children of the invocation's root span.
    ///
    /// Takes the event's bytes, the invocation and the executor of the worker's thread; returns the last message.
    let run: @Sendable ([UInt8], ActiveInvocation, WorkerExecutor<InvocationMessage>) async -> InvocationMessage
    /// True if the handler streams its response.
    let isStreaming: Bool

    /// Creates a handler with a single response.
    init<Handler: TracedHandler>(_ handler: Handler) {
        isStreaming = false
        run = { body, active, _ in .finished(await Self.answer(of: handler, to: body, in: active)) }
    }

    /// Creates a handler that streams its response.
    init<Handler: StreamingTracedHandler>(streaming handler: Handler) {
        isStreaming = true
        run = { body, active, executor in
            let tracer = active.context.tracer
            let stream = ResponseStream(now: { tracer.now() }, notify: { executor.forward($0) })
            return await Self.stream(handler, body, to: stream, in: active)
        }
    }

    /// Decodes the event, runs the handler and encodes its output.
    static func answer<Handler: TracedHandler>(
        of handler: Handler,
        to body: [UInt8],
        in active: ActiveInvocation
    ) async -> InvocationAnswer {
        await InstrumentationContext.$current.withValue(active.root.context) {
            do {
                if active.capturesPayload { PayloadCapture.recordEvent(body, on: active.root) }
                let event = try Handler.decode(body)
                let output = try Handler.encode(await handler.handle(event, context: active.context))
                if active.capturesPayload { PayloadCapture.recordOutput(output, on: active.root) }
                return .response(output)
            } catch {
                return .error(active.recordFailure(error))
            }
        }
    }

    /// Decodes the event and runs the handler, which writes its response to the stream.
    static func stream<Handler: StreamingTracedHandler>(
        _ handler: Handler,
        _ body: [UInt8],
        to stream: ResponseStream,
        in active: ActiveInvocation
    ) async -> InvocationMessage {
        await InstrumentationContext.$current.withValue(active.root.context) {
            do {
                if active.capturesPayload { PayloadCapture.recordEvent(body, on: active.root) }
                try await handler.handle(Handler.decode(body), to: stream, context: active.context)
                stream.finish()
                return .streamFinished(nil)
            } catch {
                let report = active.recordFailure(error)
                return stream.fail() ? .streamFinished(report) : .finished(.error(report))
            }
        }
    }
}

extension ActiveInvocation {
    /// Records an error of the handler in the trace and in the log.
    fileprivate func recordFailure(_ error: any Error) -> ErrorReport {
        root.recordThrown(error)
        let report = ErrorReport(error)
        context.logger.error("the handler failed: \(report.type): \(report.message)")
        return report
    }
}
