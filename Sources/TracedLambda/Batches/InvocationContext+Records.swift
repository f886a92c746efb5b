public import SessionTracing
public import TriggerEvents

extension InvocationContext {
    /// Processes the records of a batch, each in the session and under the span of its own caller.
    ///
    /// ```swift
    /// func handle(_ batch: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
    ///     await context.forEachRecord(batch, concurrency: 4) { record, tracer in
    ///         try await tracer.enrichSpanContext(eventName: "store") { _ in try await store(record.body) }
    ///     }
    /// }
    /// ```
    ///
    /// Each record has a span with a link to the invocation's span. A record without a session id uses the invocation's
    /// session. An error marks the record's span as failed and adds the record to the response, also if all records
    /// fail. The event source mapping must have `ReportBatchItemFailures`; otherwise Lambda treats every response as
    /// success.
    ///
    /// Messages of a FIFO queue are processed in the order of their groups. After a failure no further message is
    /// started, and the rest is reported as failed, as AWS requires
    /// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
    /// Records of a stream are processed in sequence up to the first failure, and only that one is reported: Lambda
    /// reads the shard again from there
    /// (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html).
    ///
    /// Records that have not been started shortly before the deadline (`TRACED_LAMBDA_DEADLINE_MARGIN_MS`), or when the
    /// task is cancelled, are reported as failed, so that Lambda delivers them again.
    ///
    /// - Parameters:
    ///   - batch: The event, or a part of it.
    ///   - concurrency: The maximum number of records processed concurrently, 1 to 256; other values are clamped.
    ///   - skipsGroupOnError: True if a failure in a FIFO queue stops only its own message group. This preserves the
    ///     order, which SQS guarantees only within a group; use false if a failure must also stop the other groups.
    ///   - body: Processes one record with the record's tracer; throws if the record must be delivered again.
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

    /// Links the root span to the callers of all records, within the span's limit of links.
    private func linkRoot(to callers: [TraceContext]) {
        guard let root = tracer.root else { return }
        // A caller common to all records is already the root's parent.
        var known = Set([root.parentID].compactMap(\.self))
        for caller in callers where known.insert(caller.spanID).inserted { root.addLink(to: caller) }
    }
}
