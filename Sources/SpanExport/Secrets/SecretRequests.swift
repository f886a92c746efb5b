internal import CurlTransport
internal import SessionTracing

/// Reads a secret within a time limit, with retries.
enum SecretRequests {
    /// The maximum time of one read including retries, in milliseconds.
    static let budgetMilliseconds = 5_000
    /// The timeout of one request, in milliseconds; if a connection hangs, there is time for another attempt.
    static let attemptTimeoutMilliseconds = 2_000
    static let maximumAttemptCount = 5
    /// The minimum time between two reads, in seconds.
    static let minimumIntervalSeconds = 10

    static let firstRetryDelayMilliseconds = 100
    /// The minimum remaining time for starting a request, in milliseconds.
    private static let minimumAttemptMilliseconds = 5

    /// Reads the secret.
    ///
    /// - Parameters:
    ///   - stored: The stored secret.
    ///   - transport: Performs the requests.
    ///   - outerDeadline: The deadline of the read.
    ///   - clock: The clock that measures the time of the read.
    ///   - wait: Pauses between two attempts.
    /// - Returns: The outcome of the last request; nil if there was no time for one.
    static func perform(
        _ stored: StoredKey,
        on transport: inout some HTTPTransport & ~Copyable,
        before outerDeadline: FlushDeadline,
        clock: TraceClock,
        wait: (Duration) -> Void
    ) -> SecretAnswer? {
        let budget = min(outerDeadline.remaining, .milliseconds(budgetMilliseconds))
        let deadline = FlushDeadline(clock: clock, budget: budget)
        let minimumAttempt = Duration.milliseconds(minimumAttemptMilliseconds)
        var answer: SecretAnswer?
        var delay = Duration.milliseconds(firstRetryDelayMilliseconds)
        for attemptNumber in 1...maximumAttemptCount {
            let remaining = deadline.remaining
            guard remaining >= minimumAttempt else { return answer }
            let timeout = min(remaining, .milliseconds(attemptTimeoutMilliseconds))
            answer = attempt(stored, timeout: timeout, unixSeconds: clock.unixSeconds, on: &transport)
            guard case .retryable = answer, attemptNumber < maximumAttemptCount,
                deadline.remaining >= delay + minimumAttempt
            else { return answer }
            wait(delay)
            delay *= 2
        }
        return answer
    }

    private static func attempt(
        _ stored: StoredKey,
        timeout: Duration,
        unixSeconds: Int,
        on transport: inout some HTTPTransport & ~Copyable
    ) -> SecretAnswer {
        do {
            let request = try stored.request(timeout: timeout, unixSeconds: unixSeconds)
            return SecretAnswer(try transport.perform(request, interrupt: nil), for: stored)
        } catch {
            return SecretAnswer(error)
        }
    }
}
