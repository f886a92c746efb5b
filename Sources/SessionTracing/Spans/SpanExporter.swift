/// Delivers what a buffer holds.
///
/// The one door between tracing and the network.
package protocol SpanExporter: ~Copyable {
    /// Sends the buffer's batches, oldest first, and blocks until they are answered or the budget is spent.
    ///
    /// - Parameters:
    ///   - buffer: What to send; what may be retried is put back.
    ///   - budget: The longest that this may take.
    /// - Returns: What happened to each span.
    mutating func flush(_ buffer: SpanBuffer, budget: Duration) -> FlushReport
}
