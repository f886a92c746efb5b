/// The content of a trace store at one moment.
package struct TraceSnapshot: Sendable {
    /// A span with its arrival time.
    package struct ReceivedSpan: Sendable {
        /// The span.
        package let span: TraceSpan
        /// The time of decoding its request, on the clock that also dates the function's response.
        package let receivedAt: ContinuousClock.Instant

        /// Creates a received span.
        package init(span: TraceSpan, receivedAt: ContinuousClock.Instant) {
            self.span = span
            self.receivedAt = receivedAt
        }
    }

    /// The spans, in order of arrival.
    package var spans: [ReceivedSpan]
    /// The sessions with fields or REST events, in order of arrival.
    package var sessions: [SessionRecord]
    /// The number of spans that were dropped because the store was full.
    package var droppedSpanCount: Int
    /// The reasons for which requests were rejected.
    package var refusals: [String]

    /// Creates a snapshot.
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
