/// The response to a batch: the records that Lambda must deliver again.
///
/// Lambda reads it if the event source mapping has `ReportBatchItemFailures` among its `FunctionResponseTypes`;
/// otherwise every response means that all records succeeded
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
public struct BatchResponse: Encodable, Sendable, Hashable {
    /// One failed record.
    public struct Failure: Encodable, Sendable, Hashable {
        /// A queue's `messageId` or a stream's sequence number.
        public let itemIdentifier: String
    }

    /// The failed records; empty if all succeeded.
    public let batchItemFailures: [Failure]

    /// Creates a response.
    ///
    /// - Parameter failures: The ``BatchRecord/itemIdentifier``s of the failed records.
    public init(failures: [String] = []) {
        batchItemFailures = failures.map(Failure.init)
    }
}
