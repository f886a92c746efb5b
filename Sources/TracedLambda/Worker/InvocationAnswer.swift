/// The result of an invocation: the response or the error to post.
enum InvocationAnswer: Sendable {
    case response([UInt8])
    case error(ErrorReport)
}
