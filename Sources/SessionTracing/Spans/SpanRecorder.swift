/// Takes ended spans: the buffer in a function, a list in a test.
package protocol SpanRecorder: Sendable {
    func append(_ span: SpanRecord)
    /// Told of the spans that start; nil when none is kept.
    var journal: (any SpanJournal)? { get }
}

extension SpanBuffer: SpanRecorder {}
