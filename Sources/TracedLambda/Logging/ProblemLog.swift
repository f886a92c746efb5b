internal import Logging
internal import SessionTracing
internal import Synchronization

/// Logs each problem once per process; repetitions are counted and summed up once a minute.
///
/// A repetition is logged at the debug level, with all that a first line has.
final class ProblemLog: Sendable {
    /// The repetitions of one problem that no line has summed up yet.
    private struct Repetitions {
        /// The text of the sum, without the numbers of a single occurrence.
        var summary = ""
        var count = 0
        var lostSpanCount = 0
    }

    private struct State {
        var repetitions: [String: Repetitions] = [:]
        var lastSum: TraceClock.Instant?
    }

    /// The minimum time between two sums, in seconds.
    static let intervalSeconds = 60
    /// The maximum number of causes that are counted separately; further ones count as one.
    ///
    /// The limit is needed because a cause can contain a collector's text.
    static let maximumCauseCount = 64
    private static let otherCauses = "other problems"

    private let state = Mutex(State())
    private let clock: TraceClock

    init(clock: TraceClock = .system) {
        self.clock = clock
    }

    /// Logs a problem.
    ///
    /// - Parameters:
    ///   - message: The line's message.
    ///   - cause: The cause by which the problem is recognized, nil for the message; digits in it do not matter.
    ///   - lostSpanCount: The number of spans that are lost.
    ///   - metadata: The line's metadata.
    ///   - logger: The invocation's logger.
    func warn(
        _ message: String,
        cause: String? = nil,
        lostSpanCount: Int = 0,
        metadata: Logger.Metadata = [:],
        logger: Logger
    ) {
        let cause = cause ?? message
        let isFirst = isFirst(String(cause.filter { !$0.isNumber })) { repetitions in
            repetitions.summary = cause
            repetitions.count += 1
            repetitions.lostSpanCount += lostSpanCount
        }
        logger.log(level: isFirst ? .warning : .debug, "\(message)", metadata: metadata)
    }

    /// Logs spans and session updates that were not recorded.
    ///
    /// - Parameters:
    ///   - counts: Their numbers.
    ///   - logger: The invocation's logger, or the process's.
    func warn(of counts: [UnrecordedCause: Int], logger: Logger) {
        for cause in UnrecordedCause.allCases {
            guard let warning = cause.warning, let count = counts[cause] else { continue }
            warn("\(count) \(warning)", cause: warning, lostSpanCount: cause.isSpan ? count : 0, logger: logger)
        }
    }

    private func isFirst(_ cause: String, otherwise count: (inout Repetitions) -> Void) -> Bool {
        state.withLock { state in
            let now = clock.now
            if state.lastSum == nil { state.lastSum = now }
            if state.repetitions[cause] == nil, state.repetitions.count < Self.maximumCauseCount {
                state.repetitions[cause] = Repetitions()
                return true
            }
            let known = state.repetitions[cause] == nil ? Self.otherCauses : cause
            count(&state.repetitions[known, default: Repetitions()])
            return false
        }
    }

    /// Logs the sums of all repetitions if that is due.
    ///
    /// - Parameters:
    ///   - isLast: True if the process ends, so that no later call can log them.
    ///   - logger: The process's logger.
    func sumUp(isLast: Bool = false, logger: Logger) {
        for sum in takeSums(isLast: isLast) {
            let loss = sum.lostSpanCount > 0 ? "; \(sum.lostSpanCount) spans are lost" : ""
            logger.warning("\(sum.count) more times\(loss): \(sum.summary)")
        }
    }

    private func takeSums(isLast: Bool) -> [Repetitions] {
        state.withLock { state in
            guard let lastSum = state.lastSum else { return [] }
            let now = clock.now
            guard isLast || now.elapsed(since: lastSum) >= .seconds(Self.intervalSeconds) else { return [] }
            state.lastSum = now
            let sums = state.repetitions.values.filter { $0.count > 0 }.sorted { $0.summary < $1.summary }
            for cause in state.repetitions.keys { state.repetitions[cause] = Repetitions() }
            return sums
        }
    }
}
