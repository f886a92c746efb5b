internal import SpanExport

/// What is to be done beside a handler, one step after another: time in, the next step out, no I/O.
///
/// All times count from the invocation's beginning.
struct Vigil: Sendable {
    enum Step: Sendable {
        /// Open the connection to the collector, or ask whether the collector is back.
        case prepare
        /// Send what has ended: Lambda may be about to kill the process.
        case sendEndedSpans
        /// End every open span as an error, and send those.
        case cutShort
        /// The handler is still running well after its deadline.
        case giveUp
    }

    /// A handler that is done sooner finds its connection where it was: most are.
    static let preparationDelayMilliseconds = 10
    /// Lambda kills a process whose handler passes the deadline; where nobody does, the process ends itself after this.
    static let overrunGraceSeconds = 5

    /// The next one; nil after the last.
    private(set) var step: Step?
    private let preparationDelay: Duration
    private let margin: Duration
    private let deadline: Duration

    /// - Parameters:
    ///   - preparation: Whether the collector's connection needs work, and whether that is to be begun at once.
    ///   - margin: How long before the deadline what has ended is sent; half of it is left when open spans are cut short.
    ///   - deadline: How long the invocation may take.
    init(preparation: ExportPreparation, margin: Duration, deadline: Duration) {
        step = preparation == .none ? .sendEndedSpans : .prepare
        preparationDelay = preparation == .probe ? .zero : .milliseconds(Self.preparationDelayMilliseconds)
        self.margin = margin
        self.deadline = deadline
    }

    /// How long until the next step is due.
    ///
    /// - Parameter elapsed: The time since the beginning.
    /// - Returns: The time to wait, zero when the step is due; nil when there is none.
    func patience(after elapsed: Duration) -> Duration? {
        step.map { max(.zero, due($0) - elapsed) }
    }

    private func due(_ step: Step) -> Duration {
        switch step {
        case .prepare: min(preparationDelay, deadline - margin)
        case .sendEndedSpans: deadline - margin
        case .cutShort: deadline - margin / 2
        case .giveUp: deadline + .seconds(Self.overrunGraceSeconds)
        }
    }

    /// Takes the next step, which is due; the one after it comes next.
    mutating func takeStep() -> Step? {
        defer {
            switch step {
            case .prepare: step = .sendEndedSpans
            case .sendEndedSpans: step = .cutShort
            case .cutShort: step = .giveUp
            case .giveUp, nil: step = nil
            }
        }
        return step
    }
}
