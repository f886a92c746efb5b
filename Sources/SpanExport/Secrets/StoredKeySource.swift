internal import CurlTransport
internal import Dispatch
package import SessionTracing
internal import Synchronization

/// Reads an API key from AWS, caches it, and reads it again when the collector rejects it.
///
/// One thread reads at a time; other threads wait for it within their own budgets. Blocks the calling thread.
package final class StoredKeySource<Transport: HTTPTransport & ~Copyable>: KeySource {
    private struct State {
        var key: String?
        /// True if the collector rejected the key after it was read, so that sending it again is useless.
        var isRefused = false
        /// The earliest time of the next request, in nanoseconds of the monotonic clock.
        var earliestFetchNanoseconds: UInt64 = 0
        var failure = "the key has not been read yet"
    }

    private let stored: StoredKey
    private let transport: Mutex<Transport>
    private let clock: TraceClock
    private let wait: @Sendable (Duration) -> Void
    private let warn: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// A mutex that supports waiting with a timeout.
    private let fetchLock = DispatchSemaphore(value: 1)

    /// Creates a key source.
    ///
    /// - Parameters:
    ///   - stored: The stored key.
    ///   - transport: Performs the requests.
    ///   - clock: The clock that measures the budgets and the time between two reads.
    ///   - wait: Pauses between two attempts.
    ///   - warn: Receives a message when the key cannot be read, once for consecutive failures with the same reason.
    package init(
        _ stored: StoredKey,
        transport: consuming sending Transport,
        clock: TraceClock = .system,
        wait: @escaping @Sendable (Duration) -> Void,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.stored = stored
        self.transport = Mutex(transport)
        self.clock = clock
        self.wait = wait
        self.warn = warn
    }

    package func key(within budget: Duration) throws(KeyUnavailable) -> String {
        let deadline = FlushDeadline(clock: clock, budget: budget)
        if let key = try knownKey() { return key }
        return try withFetchLock(before: deadline) { () throws(KeyUnavailable) in
            // Another thread may have read the key meanwhile.
            if let key = try knownKey() { return key }
            return try fetch(before: deadline)
        }
    }

    package func replacement(for refused: String, within budget: Duration) throws(KeyUnavailable) -> String? {
        let deadline = FlushDeadline(clock: clock, budget: budget)
        let key = try withFetchLock(before: deadline) { () throws(KeyUnavailable) in
            if let key = try replacementThatIsKnown(for: refused) { return key }
            return try fetch(before: deadline)
        }
        return key == refused ? nil : key
    }

    /// Returns the cached key; nil if it must be read.
    private func knownKey() throws(KeyUnavailable) -> String? {
        let now = clock.monotonicNanoseconds()
        return try state.withLock { state throws(KeyUnavailable) in
            if state.key != nil, !state.isRefused { return state.key }
            guard now >= state.earliestFetchNanoseconds else { throw KeyUnavailable(reason: state.failure) }
            // A rejected key is sent once more; the response determines whether it is read again.
            state.isRefused = false
            return state.key
        }
    }

    private func replacementThatIsKnown(for refused: String) throws(KeyUnavailable) -> String? {
        let now = clock.monotonicNanoseconds()
        return try state.withLock { state throws(KeyUnavailable) in
            if state.key != refused { return state.key }
            guard now >= state.earliestFetchNanoseconds else {
                state.isRefused = true
                state.failure = "the collector refuses the key that \(stored.setting) names; it was read just now"
                throw KeyUnavailable(reason: state.failure)
            }
            return nil
        }
    }

    private func withFetchLock<Value>(
        before deadline: FlushDeadline,
        _ body: () throws(KeyUnavailable) -> Value
    ) throws(KeyUnavailable) -> Value {
        let timeout = Int(clamping: deadline.remaining.wholeNanoseconds)
        guard fetchLock.wait(timeout: .now() + .nanoseconds(timeout)) == .success else {
            throw KeyUnavailable(reason: "the key that \(stored.setting) names is still being read")
        }
        defer { fetchLock.signal() }
        return try body()
    }

    private func fetch(before deadline: FlushDeadline) throws(KeyUnavailable) -> String {
        let answer = transport.withLock {
            SecretRequests.perform(stored, on: &$0, before: deadline, clock: clock, wait: wait)
        }
        // Without a request, nothing is known about the secret, and the next flush may ask for it at once.
        guard let answer else {
            throw KeyUnavailable(
                reason: "no time was left to read the secret that \(stored.setting) names; raise "
                    + EnvironmentVariable.flushBudget.rawValue
            )
        }
        let interval = Duration.seconds(SecretRequests.minimumIntervalSeconds)
        let next = clock.monotonicNanoseconds() &+ interval.wholeNanoseconds
        switch answer {
        case .key(let key):
            state.withLock { $0 = State(key: key, earliestFetchNanoseconds: next, failure: "") }
            return key
        case .retryable(let reason), .failed(let reason):
            let failure = "\(stored.setting) names a secret that cannot be read: \(reason)"
            let isNew = state.withLock { state in
                defer {
                    state.isRefused = state.key != nil
                    state.earliestFetchNanoseconds = next
                    state.failure = failure
                }
                return state.failure != failure
            }
            if isNew { warn("\(failure). Spans wait in memory until it can be") }
            throw KeyUnavailable(reason: failure)
        }
    }
}
