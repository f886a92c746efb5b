internal import SpanExport

/// Schedules connection set-up, early flush and deadline cut-off of one invocation, while its handler runs.
///
/// Pure: elapsed time in, next step out.
///
/// All times are relative to the start of the invocation.
struct DeadlineSchedule: Sendable {
    enum Step: Sendable {
        /// Open the connection to the collector, or probe the collector.
        case prepare
        /// Send the ended spans, because Lambda may be about to end the process.
        case sendEndedSpans
        /// End every open span as failed, and send the spans.
        case failOpenSpans
        /// End the process: the handler is still running long after its deadline.
        case exitProcess
    }

    /// The delay before the connection is opened, in milliseconds; most handlers end sooner, and the flush then opens
    /// it.
    static let preparationDelayMilliseconds = 10
    /// The time after the deadline at which the process ends itself, in seconds; usually Lambda ends it at the
    /// deadline.
    static let overrunGraceSeconds = 5

    /// The next step; nil after the last.
    private(set) var step: Step?
    private let preparationDelay: Duration
    private let margin: Duration
    private let deadline: Duration

    /// Creates a schedule.
    ///
    /// - Parameters:
    ///   - preparation: The preparation of the connection; a probe starts at once.
    ///   - margin: The time before the deadline at which ended spans are sent; open spans are ended at half of it.
    ///   - deadline: The time until the invocation's deadline.
    init(preparation: ExportPreparation, margin: Duration, deadline: Duration) {
        step = preparation == .none ? .sendEndedSpans : .prepare
        preparationDelay = preparation == .probe ? .zero : .milliseconds(Self.preparationDelayMilliseconds)
        self.margin = margin
        self.deadline = deadline
    }

    /// Returns the time until the next step is due.
    ///
    /// - Parameter elapsed: The time since the start of the invocation.
    /// - Returns: The time to wait, zero if the step is due; nil if there is no further step.
    func timeUntilNextStep(elapsed: Duration) -> Duration? {
        step.map { max(.zero, due($0) - elapsed) }
    }

    private func due(_ step: Step) -> Duration {
        switch step {
        case .prepare: min(preparationDelay, deadline - margin)
        case .sendEndedSpans: deadline - margin
        case .failOpenSpans: deadline - margin / 2
        case .exitProcess: deadline + .seconds(Self.overrunGraceSeconds)
        }
    }

    /// Skips a preparation that is still to be done when the spans must be sent, which opens the connection itself.
    ///
    /// - Parameter elapsed: The time since the start of the invocation.
    mutating func skipLatePreparation(elapsed: Duration) {
        if step == .prepare, elapsed >= due(.sendEndedSpans) { step = .sendEndedSpans }
    }

    /// Returns the next step and advances to the one after it.
    mutating func advance() -> Step? {
        defer {
            switch step {
            case .prepare: step = .sendEndedSpans
            case .sendEndedSpans: step = .failOpenSpans
            case .failOpenSpans: step = .exitProcess
            case .exitProcess, nil: step = nil
            }
        }
        return step
    }
}
