/// Keeps, outside the process's memory, what would be lost with it.
///
/// The one door between spans and a crash journal: spans that start come from the tracer, encoded ones from the buffer. The
/// methods are called on the way of every span, so they never wait for anything but a lock.
package protocol SpanJournal: Sendable {
    /// Notes a span that has started, so that it can be told of when the process ends before it.
    func start(_ span: SpanStart, in scope: JournalScope)

    /// Keeps an ended span's bytes until they are settled.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - bytes: The same as it goes over the wire.
    ///   - hasStarted: Whether ``start(_:in:)`` was called for it.
    /// - Returns: The span's place in the journal's order, or nil when there was no room for it.
    func keep(_ span: SpanEnd, bytes: borrowing OutputBytes, hasStarted: Bool) -> UInt64?

    /// Lets go of the spans that have been answered or given up.
    ///
    /// - Parameter place: The first one that is still needed; nil when none is.
    func settle(before place: UInt64?)
}

extension SpanRecorder {
    /// Nil: what is recorded here is in memory only.
    package var journal: (any SpanJournal)? { nil }
}
