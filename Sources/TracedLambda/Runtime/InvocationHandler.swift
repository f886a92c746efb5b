internal import SessionTracing
internal import Tracing

/// A user's handler, of whichever kind, as the runtime sees it.
struct InvocationHandler: Sendable {
    /// Serves one invocation, as a task; all that happens within belongs to the invocation's root span.
    ///
    /// Gets the event's bytes, the invocation, and the mailbox of the worker's thread. What it returns is the last message.
    let run: @Sendable ([UInt8], InvocationScope, Mailbox<InvocationMessage>) async -> InvocationMessage
    /// Whether it answers piece by piece.
    let isStreaming: Bool

    /// A handler that answers at once.
    init<Handler: TracedHandler>(_ handler: Handler) {
        isStreaming = false
        run = { body, scope, _ in .finished(await Self.answer(of: handler, to: body, in: scope)) }
    }

    /// A handler that answers piece by piece.
    init<Handler: StreamingTracedHandler>(streaming handler: Handler) {
        isStreaming = true
        run = { body, scope, inbox in
            let tracer = scope.context.tracer
            let stream = ResponseStream(now: { tracer.now() }, notify: { inbox.note($0) })
            return await Self.stream(handler, body, to: stream, in: scope)
        }
    }

    /// Decodes, handles and encodes.
    static func answer<Handler: TracedHandler>(
        of handler: Handler,
        to body: [UInt8],
        in scope: InvocationScope
    ) async -> InvocationAnswer {
        await InstrumentationContext.$current.withValue(scope.root.context) {
            do {
                if scope.capturesPayload { PayloadCapture.recordEvent(body, on: scope.root) }
                let event = try Handler.decode(body)
                let output = try Handler.encode(await handler.handle(event, context: scope.context))
                if scope.capturesPayload { PayloadCapture.recordOutput(output, on: scope.root) }
                return .response(output)
            } catch {
                return .error(scope.recordFailure(error))
            }
        }
    }

    /// Decodes and handles; the answer goes into the stream.
    static func stream<Handler: StreamingTracedHandler>(
        _ handler: Handler,
        _ body: [UInt8],
        to stream: ResponseStream,
        in scope: InvocationScope
    ) async -> InvocationMessage {
        await InstrumentationContext.$current.withValue(scope.root.context) {
            do {
                if scope.capturesPayload { PayloadCapture.recordEvent(body, on: scope.root) }
                try await handler.handle(Handler.decode(body), to: stream, context: scope.context)
                stream.finish()
                return .streamFinished(nil)
            } catch {
                let report = scope.recordFailure(error)
                return stream.fail() ? .streamFinished(report) : .finished(.error(report))
            }
        }
    }
}

extension InvocationScope {
    /// Records what the handler has thrown, in the trace and in the log.
    fileprivate func recordFailure(_ error: any Error) -> ErrorReport {
        root.recordThrown(error)
        let report = ErrorReport(error)
        context.logger.error("the handler failed: \(report.type): \(report.message)")
        return report
    }
}
