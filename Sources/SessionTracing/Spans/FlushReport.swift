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
    /// Why spans were dropped, or nil when none were.
    public var dropReason: String?

    /// Additions to sessions that wait for the next flush.
    public var deferredSessionUpdateCount = 0
    /// Additions to sessions that are lost.
    public var droppedSessionUpdateCount = 0

    package init(
        exportedSpanCount: Int = 0,
        deferredSpanCount: Int = 0,
        deferralReason: String? = nil,
        droppedSpanCount: Int = 0,
        dropReason: String? = nil
    ) {
        self.exportedSpanCount = exportedSpanCount
        self.deferredSpanCount = deferredSpanCount
        self.deferralReason = deferralReason
        self.droppedSpanCount = droppedSpanCount
        self.dropReason = dropReason
    }

    /// Counts spans as lost.
    package mutating func noteDropped(_ count: Int, reason: String) {
        guard count > 0 else { return }
        droppedSpanCount += count
        dropReason = reason
    }

    /// Counts additions to sessions as lost.
    package mutating func noteDroppedSessionUpdates(_ count: Int, reason: String) {
        guard count > 0 else { return }
        droppedSessionUpdateCount += count
        dropReason = reason
    }

    /// Whether everything that was waiting has been delivered.
    public var isComplete: Bool {
        deferredSpanCount == 0 && droppedSpanCount == 0 && deferredSessionUpdateCount == 0
            && droppedSessionUpdateCount == 0
    }
}
