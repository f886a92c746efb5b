package import WireText

/// A store outside the process's memory for spans that are not yet delivered.
///
/// The tracer reports started spans, and the span buffer stores encoded ones. The methods run for every span, so they
/// block on nothing but a lock.
package protocol SpanJournal: Sendable {
    /// Stores the start of a span, so that the span can be reported if the process ends before it.
    func start(_ span: SpanStart, in scope: JournalScope)

    /// Stores an ended span's bytes until they are acknowledged.
    ///
    /// - Parameters:
    ///   - span: The ids and end time of the span.
    ///   - bytes: The span in wire format.
    ///   - hasStarted: True if ``start(_:in:)`` was called for the span.
    /// - Returns: The span's sequence number in the journal, or nil if there was no space for it.
    func store(_ span: SpanEnd, bytes: borrowing OutputBytes, hasStarted: Bool) -> UInt64?

    /// Releases the spans that were delivered or dropped.
    ///
    /// - Parameter sequenceNumber: The lowest sequence number that is still needed; nil if none is.
    func acknowledge(before sequenceNumber: UInt64?)
}

extension SpanRecorder {
    /// The default, nil: spans are recorded in memory only.
    package var journal: (any SpanJournal)? { nil }
}
