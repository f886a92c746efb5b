/// Receives ended spans: a buffer in a function, a list in a test.
package protocol SpanRecorder: Sendable {
    func append(_ span: SpanRecord)
    /// The journal that stores started spans; nil if there is none.
    var journal: (any SpanJournaling)? { get }
}

extension SpanBuffer: SpanRecorder {}
