internal import SessionTracing
internal import Tracing
internal import TriggerContext

/// A user's handler of either kind.
struct InvocationHandler: Sendable {
    /// Handles one invocation, as a task whose spans are children of the invocation's root span.
    ///
    /// Takes the event's bytes and the invocation.
    let run: @Sendable ([UInt8], ActiveInvocation) async -> InvocationResult
    /// True if the handler streams its response.
    let isStreaming: Bool

    /// Creates a handler with a single response.
    init<Handler: TracedHandler>(_ handler: Handler) {
        isStreaming = false
        run = { body, active in await Self.result(of: handler, for: body, in: active) }
    }

    /// Creates a handler that streams its response.
    init<Handler: StreamingTracedHandler>(streaming handler: Handler) {
        isStreaming = true
        run = { body, active in
            let (tracer, executor) = (active.context.tracer, active.executor)
            let stream = ResponseStream(
                keepsBody: active.capturesPayload,
                now: { tracer.now() },
                notify: { _ = executor.send($0) }
            )
            return await Self.stream(handler, body, to: stream, in: active)
        }
    }

    /// Decodes the event, runs the handler and encodes its output.
    static func result<Handler: TracedHandler>(
        of handler: Handler,
        for body: [UInt8],
        in active: ActiveInvocation
    ) async -> InvocationResult {
        await InstrumentationContext.$current.withValue(active.root.context) {
            do {
                if active.capturesPayload { PayloadCapture.recordEvent(body, on: active.root) }
                let event = try Handler.decode(body)
                let output = try await handler.handle(event, context: active.context)
                let body = try Handler.encode(output)
                if active.capturesPayload { PayloadCapture.recordOutput(body, of: output, on: active.root) }
                if body.count > ResponseLimit.maximumBytes {
                    active.recordOversizedResponse(ofBytes: body.count)
                } else {
                    active.recordHTTPStatus(active.trigger.status(of: body))
                }
                return .response(body)
            } catch {
                let report = active.recordFailure(error)
                active.recordHTTPStatus(active.trigger.functionErrorStatus)
                return .error(report)
            }
        }
    }

    /// Decodes the event and runs the handler, which writes its response to the stream.
    static func stream<Handler: StreamingTracedHandler>(
        _ handler: Handler,
        _ body: [UInt8],
        to stream: ResponseStream,
        in active: ActiveInvocation
    ) async -> InvocationResult {
        await InstrumentationContext.$current.withValue(active.root.context) {
            do {
                if active.capturesPayload { PayloadCapture.recordEvent(body, on: active.root) }
                try await handler.handle(Handler.decode(body), to: stream, context: active.context)
                stream.finish()
                active.recordOutput(of: stream)
                active.recordHTTPStatus(stream.status ?? active.trigger.defaultStatus)
                return .endOfStream(nil)
            } catch {
                let report = active.recordFailure(error)
                guard stream.fail() else {
                    active.recordHTTPStatus(active.trigger.functionErrorStatus)
                    return .error(report)
                }
                active.recordOutput(of: stream)
                active.recordHTTPStatus(stream.status ?? active.trigger.defaultStatus)
                return .endOfStream(report)
            }
        }
    }
}

extension ActiveInvocation {
    /// Records an error of the handler in the trace and in the log.
    fileprivate func recordFailure(_ error: any Error) -> ErrorReport {
        root.recordThrown(error)
        let report = ErrorReport(error, redaction: root.tracer.policy.redaction)
        root.recordErrorType(report.type)
        context.logger.error("the handler failed: \(report.type): \(report.redactedMessage)")
        return report
    }

    /// Records the body that the handler has streamed, if enabled.
    fileprivate func recordOutput(of stream: ResponseStream) {
        guard let body = stream.recordableBody else { return }
        PayloadCapture.recordOutput(body.beginning, ofBytes: body.size, on: root)
    }

    /// Records that Lambda will refuse the response, and answer its caller with an error.
    ///
    /// Lambda's own answer comes after the flush. The response is posted all the same, because only Lambda may report
    /// this error.
    fileprivate func recordOversizedResponse(ofBytes count: Int) {
        let limit = ResponseLimit.maximumBytes
        root.enrich(error: "the response has \(count) bytes, Lambda's limit is \(limit); return less, or stream it")
        root.recordErrorType(ResponseLimit.errorType)
        recordHTTPStatus(trigger.functionErrorStatus)
    }

    /// Records the status of the answer that the caller receives; nil for an answer without one.
    fileprivate func recordHTTPStatus(_ status: Int?) {
        if let status { root.recordHTTPStatus(status) }
    }
}
