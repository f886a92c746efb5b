/// How the process ended that left a span open, as far as can be known from outside.
package enum ProcessEnd: Sendable, Equatable {
    /// It gave a sign of life at its deadline or later, so Lambda has ended it for that.
    case timeout
    /// It is gone, and the deadline has not come yet.
    case crash
    /// It is gone, and between its last sign of life and now lies the deadline, or there was none.
    case unknown

    /// - Parameters:
    ///   - deadline: When the invocation had to be over.
    ///   - lastSignOfLife: When the process is known to have been alive last.
    ///   - now: When its absence was noticed. All in nanoseconds since the Unix epoch.
    package init(deadline: UInt64?, lastSignOfLife: UInt64, now: UInt64) {
        guard let deadline else {
            self = .unknown
            return
        }
        self = lastSignOfLife >= deadline ? .timeout : now < deadline ? .crash : .unknown
    }

    /// `exception.type` of the span.
    package var errorType: String { self == .timeout ? "InvocationTimeout" : "ProcessEnded" }

    /// The error's text.
    package var message: String {
        switch self {
        case .timeout: "timeout: the process was still running at the invocation's deadline and was ended"
        case .crash: "crash: the process ended or was killed before the invocation's deadline"
        case .unknown: "the process ended or was killed; whether at the invocation's deadline is not known"
        }
    }
}
