/// A span that the journal stores.
struct JournaledSpan: Sendable {
    let key: SpanKey
    let sequenceNumber: UInt64
}

/// Spans that will not be delivered; the journal keeps them until the log has their number.
struct LostSpans: Sendable {
    /// The maximum number of spans whose ids are kept.
    ///
    /// Further ones are released with the spans before them only, so that a crash can count them twice.
    static let maximumKeptCount = 65_536

    /// The number of the spans, whether the journal stores them or not.
    private(set) var spanCount = 0
    private(set) var journaled: [JournaledSpan] = []
    /// The lowest sequence number of the spans; nil if the journal stores none of them.
    private(set) var firstSequenceNumber: UInt64?

    init() {}

    init(_ batch: SpanBatch) {
        spanCount = batch.spanCount
        journaled = Array(batch.journaledSpans.prefix(Self.maximumKeptCount))
        firstSequenceNumber = batch.firstSequenceNumber
    }

    mutating func add(_ other: LostSpans) {
        spanCount += other.spanCount
        journaled += other.journaled.prefix(Self.maximumKeptCount - journaled.count)
        if let number = other.firstSequenceNumber { firstSequenceNumber = min(firstSequenceNumber ?? number, number) }
    }
}
