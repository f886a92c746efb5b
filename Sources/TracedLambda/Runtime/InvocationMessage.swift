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
}

extension Mailbox<InvocationMessage> {
    /// Passes a stream's signal on.
    func note(_ signal: ResponseStream.Signal) {
        switch signal {
        case .started(let stream): _ = send(.streamStarted(stream))
        case .advanced: _ = send(.streamAdvanced)
        }
    }
}
