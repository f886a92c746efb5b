/// The cause of the end of a process that left a span open, as far as another process can determine it.
package enum ProcessEnd: Sendable, Equatable {
    /// The process was alive at its deadline or later, so Lambda ended it because of the timeout.
    case timeout
    /// The process ended before the deadline.
    case crash
    /// The process ended, but whether before or at the deadline is unknown, or there was no deadline.
    case unknown

    /// Determines the cause from three times, in nanoseconds since the Unix epoch.
    ///
    /// - Parameters:
    ///   - deadline: The invocation's deadline, or nil if unknown.
    ///   - lastHeartbeat: The last time at which the process is known to have been alive.
    ///   - now: The time at which its end was noticed.
    package init(deadline: UInt64?, lastHeartbeat: UInt64, now: UInt64) {
        guard let deadline else {
            self = .unknown
            return
        }
        self = lastHeartbeat >= deadline ? .timeout : now < deadline ? .crash : .unknown
    }

    /// The span's `exception.type`.
    package var errorType: String { self == .timeout ? "InvocationTimeout" : "ProcessEnded" }

    package var message: String {
        switch self {
        case .timeout: "timeout: the process was still running at the invocation's deadline and was ended"
        case .crash: "crash: the process ended or was killed before the invocation's deadline"
        case .unknown: "the process ended or was killed; whether at the invocation's deadline is not known"
        }
    }
}
