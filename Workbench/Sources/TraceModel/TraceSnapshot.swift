/// What a store holds at one moment.
package struct TraceSnapshot: Sendable {
    /// A span, and when it came.
    package struct ReceivedSpan: Sendable {
        /// The span.
        package let span: TraceSpan
        /// The moment at which its request was decoded, by the clock that also dates the function's response.
        package let receivedAt: ContinuousClock.Instant

        /// Makes a received span of all its fields.
        package init(span: TraceSpan, receivedAt: ContinuousClock.Instant) {
            self.span = span
            self.receivedAt = receivedAt
        }
    }

    /// The spans, in the order in which they came.
    package var spans: [ReceivedSpan]
    /// The sessions of which something was said beside their spans, in the order in which they came.
    package var sessions: [SessionRecord]
    /// The number of spans that were refused because the store was full.
    package var droppedSpanCount: Int
    /// Requests that were turned down, each with the reason.
    package var refusals: [String]

    /// Makes a snapshot of all its fields.
    package init(
        spans: [ReceivedSpan] = [],
        sessions: [SessionRecord] = [],
        droppedSpanCount: Int = 0,
        refusals: [String] = []
    ) {
        self.spans = spans
        self.sessions = sessions
        self.droppedSpanCount = droppedSpanCount
        self.refusals = refusals
    }
}
