package import SessionTracing

/// The caller's context of one record of a batch.
package struct RecordContext: Sendable, Equatable {
    /// The record's index in the event, from 0.
    package let index: Int
    /// The record's id at its source, or an empty string.
    ///
    /// SQS's `messageId`, Kinesis' `sequenceNumber`, SNS' `MessageId`, DynamoDB's `eventID`, Kafka's
    /// `topic-partition-offset`, a broker's message id.
    package let id: String
    package let session: TriggerContext.FoundSession?
    package let parent: TraceContext?
    /// The span in an item that DynamoDB removed at the end of its time to live, which has no caller.
    package let link: TraceContext?
    package let baggage: Baggage
    package let project: String?
    package let source: String?
    /// SQS's `AWSTraceHeader` with the X-Ray trace; it is never the parent of spans.
    package let xrayTraceHeader: String?

    /// Applies the order of precedence to the hints of a record.
    init(id: String?, _ hints: consuming CallerHints, index: Int, propagators: Propagators) {
        hints.restrict(to: propagators)
        self.index = index
        self.id = id ?? ""
        parent = hints.parent
        link = hints.link
        baggage = hints.baggage
        session = hints.session(baggage)
        project = baggage.association("project")
        source = baggage.association("source")
        xrayTraceHeader = hints.xrayTraceHeader
    }
}
