/// The outcome of a handler.
enum InvocationResult: Sendable {
    /// The complete response.
    case response([UInt8])
    /// The error, reported in place of a response.
    case error(ErrorReport)
    /// The end of a response that the handler has started to stream, with the handler's error if there is one.
    case endOfStream(ErrorReport?)
}

/// A message from an invocation's tasks to the worker's thread.
enum InvocationMessage: Sendable {
    /// The handler has ended.
    case finished(InvocationResult)
    /// The handler streams its response, and the first bytes are available.
    case streamStarted(ResponseStream)
    /// Bytes are available after the stream was empty.
    case streamAdvanced
}
