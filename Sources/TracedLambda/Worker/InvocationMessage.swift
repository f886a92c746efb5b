/// A message from an invocation's tasks to the worker's thread.
enum InvocationMessage: Sendable {
    /// The handler has ended with a complete response or an error.
    case finished(InvocationAnswer)
    /// The handler streams its response, and the first bytes are available.
    case streamStarted(ResponseStream)
    /// Bytes are available after the stream was empty.
    case streamAdvanced
    /// The handler has ended, and the stream contains the rest of the response; the report is the handler's error, if
    /// any.
    case streamFinished(ErrorReport?)
}

extension WorkerExecutor<InvocationMessage> {
    /// Forwards a stream's notification.
    func forward(_ signal: ResponseStream.Signal) {
        switch signal {
        case .started(let stream): _ = send(.streamStarted(stream))
        case .advanced: _ = send(.streamAdvanced)
        }
    }
}
