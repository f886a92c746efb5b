internal import SessionTracing

/// What an invocation's tasks tell the worker's thread.
enum InvocationMessage: Sendable {
    case finished(InvocationAnswer)
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
}
