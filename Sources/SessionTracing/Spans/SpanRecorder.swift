/// Takes ended spans: the buffer in a function, a list in a test.
package protocol SpanRecorder: Sendable {
    func append(_ span: SpanRecord)
}

extension SpanBuffer: SpanRecorder {}
