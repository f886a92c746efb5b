public import SessionTracing
internal import TriggerContext

/// One record of a batch event, such as a queue's message, a stream's record or a table's change.
///
/// The records of a batch can come from different callers, so each has a session of its own.
public struct InvocationRecord: Sendable, Hashable {
    /// The record's index in the event, from 0.
    public let index: Int
    /// The record's id at its source, or an empty string.
    ///
    /// SQS's `messageId`, Kinesis' `sequenceNumber`, SNS' `MessageId`, DynamoDB's `eventID`, Kafka's
    /// `topic-partition-offset`, a broker's message id.
    public let id: String
    /// The record's session.
    ///
    /// Without a session id of its own: the session of the record's trace, if no caller named the invocation's session;
    /// otherwise the invocation's session.
    public let session: Session
    /// The `AWSTraceHeader` of an SQS message, or nil.
    ///
    /// It identifies the X-Ray trace, which is separate from this trace.
    public let xrayTraceHeader: XRayTraceHeader?

    let parent: TraceContext?
    let link: TraceContext?
    let baggage: Baggage

    init(_ record: RecordContext, session: Session) {
        index = record.index
        id = record.id
        self.session = session
        xrayTraceHeader = record.xrayTraceHeader.flatMap { XRayTraceHeader($0) }
        parent = record.parent
        link = record.link
        baggage = record.baggage
    }
}
