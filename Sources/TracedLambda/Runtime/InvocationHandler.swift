internal import SessionTracing
internal import Tracing

/// A user's handler of either kind.
struct InvocationHandler: Sendable {
    /// Handles one invocation, as a task whose spans are children of the invocation's root span.
    ///
    /// Takes the event's bytes, the invocation and the mailbox of the worker's thread; returns the last message.
    let run: @Sendable ([UInt8], InvocationScope, Mailbox<InvocationMessage>) async -> InvocationMessage
    /// True if the handler streams its response.
    let isStreaming: Bool

    /// Creates a handler with a single response.
    init<Handler: TracedHandler>(_ handler: Handler) {
        isStreaming = false
        run = { body, scope, _ in .finished(await Self.answer(of: handler, to: body, in: scope)) }
    }

    /// Creates a handler that streams its response.
    init<Handler: StreamingTracedHandler>(streaming handler: Handler) {
        isStreaming = true
        run = { body, scope, inbox in
            let tracer = scope.context.tracer
            let stream = ResponseStream(now: { tracer.now() }, notify: { inbox.note($0) })
            return await Self.stream(handler, body, to: stream, in: scope)
        }
    }

    /// Decodes the event, runs the handler and encodes its output.
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

    /// Decodes the event and runs the handler, which writes its response to the stream.
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
    /// Records an error of the handler in the trace and in the log.
    fileprivate func recordFailure(_ error: any Error) -> ErrorReport {
        root.recordThrown(error)
        let report = ErrorReport(error)
        context.logger.error("the handler failed: \(report.type): \(report.message)")
        return report
    }
}
