internal import Logging
internal import SessionTracing
internal import Synchronization

/// Logs each loss in a line of its own, and each other problem once per process; repetitions without a loss are counted
/// and summed up once a minute.
///
/// The count of a loss is in the log at once, because a process can end before the next sum. A repetition without a loss
/// is logged at the debug level, with all that a first line has.
final class ProblemLog: Sendable {
    /// The repetitions of one problem that no line has summed up yet.
    private struct Repetitions {
        /// The text of the sum, without the numbers of a single occurrence.
        var summary = ""
        var count = 0
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
    ///   - isLoss: True if data is lost, or would be lost at the end of the process; the message has its count. Such a
    ///     line is always a warning, and is in no sum.
    ///   - metadata: The line's metadata.
    ///   - logger: The invocation's logger.
    func warn(
        _ message: String,
        cause: String? = nil,
        isLoss: Bool = false,
        metadata: Logger.Metadata = [:],
        logger: Logger
    ) {
        let isWarning = isLoss || isFirst(cause ?? message)
        logger.log(level: isWarning ? .warning : .debug, "\(message)", metadata: metadata)
    }

    /// Logs spans and session updates that were not recorded.
    ///
    /// - Parameters:
    ///   - counts: Their numbers.
    ///   - logger: The invocation's logger, or the process's.
    func warn(of counts: [UnrecordedCause: Int], logger: Logger) {
        for cause in UnrecordedCause.allCases {
            guard let warning = cause.warning, let count = counts[cause] else { continue }
            warn("\(count) \(warning)", isLoss: true, logger: logger)
        }
    }

    /// Returns true for the first occurrence of a cause, and counts a further one.
    private func isFirst(_ cause: String) -> Bool {
        let key = String(cause.filter { !$0.isNumber })
        return state.withLock { state in
            let now = clock.now
            if state.lastSum == nil { state.lastSum = now }
            if state.repetitions[key] == nil, state.repetitions.count < Self.maximumCauseCount {
                state.repetitions[key] = Repetitions()
                return true
            }
            let known = state.repetitions[key] == nil ? Self.otherCauses : key
            var repetitions = state.repetitions[known] ?? Repetitions()
            repetitions.summary = cause
            repetitions.count += 1
            state.repetitions[known] = repetitions
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
            logger.warning("\(sum.count) more times: \(sum.summary)")
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
