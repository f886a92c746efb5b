/// The result of a flush.
public struct FlushReport: Sendable, Hashable {
    /// The number of spans that the collector accepted.
    public var exportedSpanCount: Int
    /// The number of spans that stay in memory for the next flush.
    public var deferredSpanCount: Int
    /// The reason for deferring spans or session updates, or nil if none are deferred.
    public var deferralReason: String?
    /// The number of spans that were lost: rejected by the collector, or evicted from the bounded buffer.
    public var droppedSpanCount: Int
    /// The number of dropped spans and session updates by reason.
    public private(set) var dropCounts: [String: Int] = [:]

    /// The number of session updates that stay in memory for the next flush.
    public var deferredSessionUpdateCount = 0
    /// The number of session updates that were lost.
    public var droppedSessionUpdateCount = 0

    /// The counts of what was not recorded since the last flush.
    package private(set) var unrecordedCounts: [UnrecordedCause: Int] = [:]

    /// The collector's warnings, and doubts about whether it is one.
    ///
    /// A flush with warnings can be complete.
    package var warnings: Set<String> = []

    /// The number of repeated attempts of requests.
    public var retryCount = 0
    /// The time that the flush took.
    public var duration = Duration.zero

    package init(
        exportedSpanCount: Int = 0,
        deferredSpanCount: Int = 0,
        deferralReason: String? = nil,
        droppedSpanCount: Int = 0,
        dropReason: String = "unknown"
    ) {
        self.exportedSpanCount = exportedSpanCount
        self.deferredSpanCount = deferredSpanCount
        self.deferralReason = deferralReason
        self.droppedSpanCount = 0
        recordDropped(droppedSpanCount, reason: dropReason)
    }

    /// The reasons for dropping spans or session updates, or nil if none were dropped.
    public var dropReason: String? {
        dropCounts.isEmpty ? nil : dropCounts.keys.sorted().joined(separator: "; ")
    }

    package mutating func recordDropped(_ count: Int, reason: String) {
        guard count > 0 else { return }
        droppedSpanCount += count
        dropCounts[reason, default: 0] += count
    }

    package mutating func recordDroppedSessionUpdates(_ count: Int, reason: String) {
        guard count > 0 else { return }
        droppedSessionUpdateCount += count
        dropCounts[reason, default: 0] += count
    }

    /// The number of spans since the last flush that were not recorded, and so were never pending, by reason: not
    /// sampled, outside any invocation, or over a limit.
    public var unrecordedSpanCounts: [String: Int] { counts { $0.isSpan } }

    /// The number of session updates since the last flush that were not recorded, by reason.
    public var unrecordedSessionUpdateCounts: [String: Int] { counts { !$0.isSpan } }

    private func counts(_ isIncluded: (UnrecordedCause) -> Bool) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (cause, count) in unrecordedCounts where isIncluded(cause) { counts[cause.reason] = count }
        return counts
    }

    /// Adds the counts of a part of the flush that ran on another connection.
    package mutating func add(_ part: FlushReport) {
        exportedSpanCount += part.exportedSpanCount
        droppedSpanCount += part.droppedSpanCount
        droppedSessionUpdateCount += part.droppedSessionUpdateCount
        dropCounts.merge(part.dropCounts, uniquingKeysWith: +)
        warnings.formUnion(part.warnings)
        retryCount += part.retryCount
        deferralReason = deferralReason ?? part.deferralReason
    }

    package mutating func recordUnrecorded(_ counts: [UnrecordedCause: Int]) {
        unrecordedCounts.merge(counts, uniquingKeysWith: +)
    }

    /// True if all pending spans and session updates were delivered.
    public var isComplete: Bool {
        deferredSpanCount == 0 && droppedSpanCount == 0 && deferredSessionUpdateCount == 0
            && droppedSessionUpdateCount == 0
    }
}
