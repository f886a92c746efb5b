/// Delivers the spans of a buffer; the interface between tracing and the network.
package protocol SpanExporter: ~Copyable {
    /// Sends the buffer's batches, oldest first, and blocks until all are acknowledged or the budget is spent.
    ///
    /// - Parameters:
    ///   - buffer: The buffer to send; batches that may be retried are returned to it.
    ///   - budget: The maximum time that the flush may take.
    /// - Returns: The result of the flush.
    mutating func flush(_ buffer: SpanBuffer, budget: Duration) -> FlushReport
}
