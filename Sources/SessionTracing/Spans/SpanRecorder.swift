/// Receives ended spans: a buffer in a function, a list in a test.
package protocol SpanRecorder: Sendable {
    func append(_ span: SpanRecord)
    /// Stores a span that has ended after its invocation, which was kept.
    func appendLate(_ span: SpanRecord)
    /// Stores a session update made after its invocation.
    func append(_ request: SessionRequest)
    /// The journal that stores started spans; nil if there is none.
    var journal: (any SpanJournaling)? { get }
    /// Counts what is not recorded; nil if nothing reads the counts.
    var unrecorded: UnrecordedCounter? { get }
}

extension SpanRecorder {
    /// The default stores it as any other.
    package func appendLate(_ span: SpanRecord) { append(span) }

    /// The default discards the update.
    package func append(_ request: SessionRequest) {}

    /// The default, nil: nothing is counted.
    package var unrecorded: UnrecordedCounter? { nil }
}

extension SpanBuffer: SpanRecorder {}
