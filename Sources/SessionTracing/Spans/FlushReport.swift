/// What a flush did with the spans that were waiting.
public struct FlushReport: Sendable, Hashable {
    /// Spans that the collector has accepted.
    public var exportedSpanCount: Int
    /// Spans that stay in memory for the next flush.
    public var deferredSpanCount: Int
    /// Why spans stay, or nil when none do.
    public var deferralReason: String?
    /// Spans that are lost: refused by the collector, or pushed out of the bounded buffer.
    public var droppedSpanCount: Int
    /// Why spans or additions to sessions were dropped, and how many for each reason.
    public private(set) var dropCounts: [String: Int] = [:]

    /// Additions to sessions that wait for the next flush.
    public var deferredSessionUpdateCount = 0
    /// Additions to sessions that are lost.
    public var droppedSessionUpdateCount = 0

    /// Requests that were made again, because the collector or the network asked for it.
    public var retryCount = 0
    /// How long the flush took.
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
        noteDropped(droppedSpanCount, reason: dropReason)
    }

    /// Why something was dropped, or nil when nothing was.
    public var dropReason: String? {
        dropCounts.isEmpty ? nil : dropCounts.keys.sorted().joined(separator: "; ")
    }

    /// Counts spans as lost.
    package mutating func noteDropped(_ count: Int, reason: String) {
        guard count > 0 else { return }
        droppedSpanCount += count
        dropCounts[reason, default: 0] += count
    }

    /// Counts additions to sessions as lost.
    package mutating func noteDroppedSessionUpdates(_ count: Int, reason: String) {
        guard count > 0 else { return }
        droppedSessionUpdateCount += count
        dropCounts[reason, default: 0] += count
    }

    /// Whether everything that was waiting has been delivered.
    public var isComplete: Bool {
        deferredSpanCount == 0 && droppedSpanCount == 0 && deferredSessionUpdateCount == 0
            && droppedSessionUpdateCount == 0
    }
}
