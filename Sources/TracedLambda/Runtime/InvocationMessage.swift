internal import SessionTracing

/// What an invocation's tasks tell the worker's thread.
enum InvocationMessage: Sendable {
    /// The handler is done, and its answer is whole.
    case finished(InvocationAnswer)
    /// The handler writes its answer into a stream, and the first bytes are there.
    case streamStarted(ResponseStream)
    /// There are bytes in the stream again.
    case streamAdvanced
    /// The handler is done, and the stream holds all that it has written; a report says why it failed.
    case streamFinished(ErrorReport?)
    /// So many spans have ended that they should not wait for the handler.
    case bufferFilled
    /// The handler asks for a flush, and waits for it.
    case flushRequested(CheckedContinuation<FlushReport, Never>)
}

extension Mailbox<InvocationMessage> {
    /// Asks the worker's thread, which owns the connection, to flush while the handler goes on waiting.
    func requestFlush() async -> FlushReport {
        await withCheckedContinuation { continuation in
            // After the invocation nobody reads the mail, and the next flush takes the spans along.
            if !send(.flushRequested(continuation)) { continuation.resume(returning: FlushReport()) }
        }
    }

    /// Passes a stream's signal on.
    func note(_ signal: ResponseStream.Signal) {
        switch signal {
        case .started(let stream): _ = send(.streamStarted(stream))
        case .advanced: _ = send(.streamAdvanced)
        }
    }
}
