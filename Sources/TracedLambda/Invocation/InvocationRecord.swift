public import SessionTracing
internal import TriggerContext

/// One record of a batch event: a queue's message, a stream's record, a table's change.
///
/// A batch gathers what several callers sent, so each record is in a session of its own.
public struct InvocationRecord: Sendable, Hashable {
    /// The record's place in the event, from 0.
    public let index: Int
    /// The name that the source gives the record, or an empty text.
    ///
    /// SQS's `messageId`, Kinesis' `sequenceNumber`, SNS' `MessageId`, DynamoDB's `eventID`, Kafka's
    /// `topic-partition-offset`, a broker's message id.
    public let id: String
    /// The record's session; the invocation's own when the record names none.
    public let session: Session
    /// The `AWSTraceHeader` of a message of SQS, or nil.
    ///
    /// It belongs to X-Ray's own trace, not to this one.
    public let xrayTraceHeader: XRayTraceHeader?

    let parent: TraceContext?
    let baggage: Baggage

    init(_ record: RecordContext, session: Session) {
        index = record.index
        id = record.id
        self.session = session
        xrayTraceHeader = record.xrayTraceHeader.flatMap { XRayTraceHeader($0) }
        parent = record.parent
        baggage = record.baggage
    }
}
