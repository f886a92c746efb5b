internal import CurlTransport
internal import SessionTracing

/// Reads a secret within a bounded time, again and again while that may help.
enum SecretRequests {
    /// The longest that one read takes, its retries included.
    static let budgetMilliseconds = 5_000
    /// The longest that one request takes: a connection that hangs leaves time for another.
    static let attemptTimeoutMilliseconds = 2_000
    static let maximumAttemptCount = 5
    /// The shortest time between two reads, whatever they came to.
    static let minimumIntervalSeconds = 10

    static var minimumInterval: Duration { .seconds(minimumIntervalSeconds) }

    private static let firstRetryDelayMilliseconds = 100
    /// With less time left than this, a request is not begun.
    private static let minimumAttemptMilliseconds = 5

    static func perform(
        _ stored: StoredKey,
        on transport: inout some HTTPTransport & ~Copyable,
        before outerDeadline: FlushDeadline,
        clock: TraceClock,
        wait: (Duration) -> Void
    ) -> SecretAnswer {
        let budget = min(outerDeadline.remaining, .milliseconds(budgetMilliseconds))
        let deadline = FlushDeadline(clock: clock, budget: budget)
        let minimumAttempt = Duration.milliseconds(minimumAttemptMilliseconds)
        var answer = SecretAnswer.retryable(reason: "no time was left")
        var delay = Duration.milliseconds(firstRetryDelayMilliseconds)
        for attemptNumber in 1...maximumAttemptCount {
            let remaining = deadline.remaining
            guard remaining >= minimumAttempt else { return answer }
            let timeout = min(remaining, .milliseconds(attemptTimeoutMilliseconds))
            answer = attempt(stored.request(timeout: timeout), stored, on: &transport)
            guard case .retryable = answer, attemptNumber < maximumAttemptCount,
                deadline.remaining >= delay + minimumAttempt
            else { return answer }
            wait(delay)
            delay *= 2
        }
        return answer
    }

    private static func attempt(
        _ request: HTTPRequest,
        _ stored: StoredKey,
        on transport: inout some HTTPTransport & ~Copyable
    ) -> SecretAnswer {
        do {
            return SecretAnswer(try transport.perform(request, interrupt: nil), for: stored)
        } catch {
            return SecretAnswer(error)
        }
    }
}
