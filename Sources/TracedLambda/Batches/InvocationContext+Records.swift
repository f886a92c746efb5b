public import SessionTracing
public import TriggerEvents

extension InvocationContext {
    /// Handles the records of a batch, each in the session and under the span of its own caller.
    ///
    /// ```swift
    /// func handle(_ batch: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
    ///     await context.forEachRecord(batch, concurrency: 4) { record, tracer in
    ///         try await tracer.enrichSpanContext(eventName: "store") { _ in try await store(record.body) }
    ///     }
    /// }
    /// ```
    ///
    /// Each record has a span, linked with the invocation's. A record that names no session stays in the invocation's. An error
    /// marks the record's span as failed, and puts the record into the response; so do all errors when every record fails, for
    /// an error of the whole batch would say less. The event source mapping must have `ReportBatchItemFailures`, or Lambda takes
    /// every response for a success.
    ///
    /// A FIFO queue's messages are handled in the order of their groups. After a failure nothing more is begun, and the rest is
    /// reported, as AWS asks for
    /// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
    /// A stream's records are handled one by one up to the first failure, which is reported alone: Lambda reads the shard again
    /// from there (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html).
    ///
    /// What has not been begun shortly before the deadline (`TRACED_LAMBDA_DEADLINE_MARGIN_MS`), or when the task is cancelled,
    /// counts as failed, so that Lambda brings it again.
    ///
    /// - Parameters:
    ///   - batch: The event, or a part of it.
    ///   - concurrency: How many records are handled at the same time, 1 to 256; a number beyond that counts as the nearest.
    ///   - skipsGroupOnError: Whether a failure in a FIFO queue holds up its own message group alone. SQS keeps the order within
    ///     a group only, so no order is lost; leave it false when a failure of one group should stop the others, too.
    ///   - body: Handles one record; gets the record's tracer, and throws when the record is to come again.
    /// - Returns: The response for Lambda, in the records' order. Nothing is thrown.
    public func forEachRecord<Batch: BatchEvent>(
        _ batch: Batch,
        concurrency: Int = 1,
        skipsGroupOnError: Bool = false,
        _ body: @escaping @Sendable (Batch.Record, InvocationTracer) async throws -> Void
    ) async -> BatchResponse {
        let callers = RecordCallers(self)
        let entries = batch.records.enumerated().map { index, record in
            BatchRun<Batch.Record>.Entry(index: index, record: record, caller: callers.caller(of: record, at: index))
        }
        linkRoot(to: entries.compactMap(\.caller?.parent))
        let run = BatchRun(context: self, stopsAtFailureOfGroup: !skipsGroupOnError, body: body)
        return await run.response(to: entries, concurrency: concurrency)
    }

    /// The span's own limit of links holds here: a batch can have more callers than that.
    private func linkRoot(to callers: [TraceContext]) {
        guard let root = tracer.root else { return }
        // A caller that all records share is the root's parent already.
        var known = Set([root.parentID].compactMap(\.self))
        for caller in callers where known.insert(caller.spanID).inserted { root.addLink(to: caller) }
    }
}
