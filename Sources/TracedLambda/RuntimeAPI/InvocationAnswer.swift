/// What an invocation came to.
enum InvocationAnswer: Sendable {
    case response([UInt8])
    case error(ErrorReport)
}
