internal import SessionTracing

/// The moment at which Lambda ends an invocation, on the clock that nobody sets.
struct InvocationDeadline: Sendable {
    /// Lambda's longest timeout.
    ///
    /// It stands in for a deadline that is missing or cannot be: in the past on arrival, or further away than this.
    static let maximumMilliseconds: UInt64 = 900_000

    let unixMilliseconds: UInt64
    /// Whether Lambda's own deadline is in force.
    let isGiven: Bool
    private let clock: TraceClock
    private let endNanoseconds: UInt64

    /// - Parameters:
    ///   - header: The value of `Lambda-Runtime-Deadline-Ms`.
    ///   - clock: Read once for now; its monotonic part counts from there.
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

    /// Never negative.
    var remaining: Duration {
        let now = clock.monotonicNanoseconds()
        return now < endNanoseconds ? .nanoseconds(endNanoseconds - now) : .zero
    }
}
