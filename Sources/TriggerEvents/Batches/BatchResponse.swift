/// The answer to a batch: which of its records Lambda is to bring again.
///
/// Lambda reads it when the event source mapping has `ReportBatchItemFailures` among its `FunctionResponseTypes`; without that,
/// every answer means that all records succeeded
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
public struct BatchResponse: Encodable, Sendable, Hashable {
    /// One record that failed.
    public struct Failure: Encodable, Sendable, Hashable {
        /// A queue's `messageId`, a stream's sequence number.
        public let itemIdentifier: String
    }

    /// The failed records; none means that all succeeded.
    public let batchItemFailures: [Failure]

    /// Makes a response.
    ///
    /// - Parameter failures: The failed records' ``BatchRecord/itemIdentifier``s.
    public init(failures: [String] = []) {
        batchItemFailures = failures.map(Failure.init)
    }
}
