internal import SpanExport

/// What the worker's thread does while the handler runs, one step after another: time in, the next step out, no I/O.
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

    private(set) var step: Step
    private let preparationDelay: Duration
    private let margin: Duration

    /// - Parameters:
    ///   - preparation: Whether the collector's connection needs work, and whether that is to be begun at once.
    ///   - margin: How long before the deadline what has ended is sent; half of it is left when open spans are cut short.
    init(preparation: ExportPreparation, margin: Duration) {
        step = preparation == .none ? .sendEndedSpans : .prepare
        preparationDelay = preparation == .probe ? .zero : .milliseconds(Self.preparationDelayMilliseconds)
        self.margin = margin
    }

    /// How long until the next step is due, when nothing else happens.
    ///
    /// - Parameter remaining: The time until the deadline, zero after it.
    /// - Returns: The time to wait.
    func patience(remaining: Duration) -> Duration {
        switch step {
        case .prepare: min(preparationDelay, max(.zero, remaining - margin))
        case .sendEndedSpans: max(.zero, remaining - margin)
        case .cutShort: max(.zero, remaining - margin / 2)
        case .giveUp: remaining + .seconds(Self.overrunGraceSeconds)
        }
    }

    /// The step that is due now; the one after it comes next.
    mutating func takeStep() -> Step {
        defer {
            switch step {
            case .prepare: step = .sendEndedSpans
            case .sendEndedSpans: step = .cutShort
            case .cutShort, .giveUp: step = .giveUp
            }
        }
        return step
    }
}
