internal import SessionTracing

/// The time at which Lambda ends an invocation, measured with the monotonic clock.
struct InvocationDeadline: Sendable {
    /// Lambda's maximum timeout, in milliseconds.
    ///
    /// It is used if the deadline is missing or invalid: in the past on arrival, or further in the future than this.
    static let maximumMilliseconds: UInt64 = 900_000

    let unixMilliseconds: UInt64
    /// True if the deadline was sent by Lambda.
    let isGiven: Bool
    private let clock: TraceClock
    private let endNanoseconds: UInt64

    /// Creates a deadline.
    ///
    /// - Parameters:
    ///   - header: The value of `Lambda-Runtime-Deadline-Ms`, in milliseconds since the Unix epoch.
    ///   - clock: The clock; its wall time is read once, its monotonic time afterwards.
    init(header: String?, clock: TraceClock) {
        let now = clock.wallNanoseconds() / 1_000_000
        let given = header.flatMap { UInt64($0) }.flatMap { deadline in
            deadline > now && deadline - now <= Self.maximumMilliseconds ? deadline : nil
        }
        isGiven = given != nil
        unixMilliseconds = given ?? now + Self.maximumMilliseconds
        self.clock = clock
        endNanoseconds = clock.monotonicNanoseconds() + (unixMilliseconds - now) * 1_000_000
    }

    /// The remaining time; never negative.
    var remaining: Duration {
        let now = clock.monotonicNanoseconds()
        return now < endNanoseconds ? .nanoseconds(endNanoseconds - now) : .zero
    }
}
