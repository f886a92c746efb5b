internal import Synchronization
package import WireText

/// A store outside the process's memory for spans that are not yet delivered.
///
/// The tracer reports started spans, and the span buffer stores encoded ones. The methods run for every span.
package protocol SpanJournaling: Sendable {
    /// Stores the start of a span, so that the span can be reported if the process ends before it.
    func start(_ span: SpanStart, in scope: JournalScope)

    /// Stores an ended span's bytes until they are acknowledged.
    ///
    /// - Parameters:
    ///   - span: The span's ids.
    ///   - endUnixNanoseconds: The span's end, in nanoseconds since the Unix epoch.
    ///   - bytes: The span in wire format.
    ///   - hasStarted: True if ``start(_:in:)`` was called for the span.
    /// - Returns: The span's sequence number in the journal, or nil if the span could not be stored.
    func store(
        _ span: SpanKey,
        endUnixNanoseconds: UInt64,
        bytes: borrowing OutputBytes,
        hasStarted: Bool
    ) -> UInt64?

    /// Releases the spans that were delivered or dropped.
    ///
    /// - Parameter sequenceNumber: The lowest sequence number that is still needed; nil if none is.
    func acknowledge(before sequenceNumber: UInt64?)

    /// Releases spans that were delivered or dropped, whatever their sequence numbers.
    func close(_ spans: [SpanKey])
}

extension SpanRecorder {
    /// The default, nil: spans are recorded in memory only.
    package var journal: (any SpanJournaling)? { nil }
}

/// The ids that identify a span.
package struct SpanKey: Sendable, Hashable {
    package let traceID: TraceID
    package let spanID: SpanID

    package init(_ traceID: TraceID, _ spanID: SpanID) {
        self.traceID = traceID
        self.spanID = spanID
    }
}

/// The data of a span at its start, in addition to its ``JournalScope``.
package struct SpanStart: Sendable {
    package let key: SpanKey
    package let parentSpanID: SpanID?
    package let isParentRemote: Bool
    package let name: String
    package let kind: SpanRecord.Kind
    /// The event type; nil to infer it from the name and the attributes.
    package let eventType: EventType?
    package let startUnixNanoseconds: UInt64
    /// The invocation's attributes without those of the scope, on the root span; other spans have none at their start.
    package let attributes: [AttributeList.Entry]

    package init(
        _ key: SpanKey,
        parentSpanID: SpanID?,
        isParentRemote: Bool,
        name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        startUnixNanoseconds: UInt64,
        attributes: [AttributeList.Entry] = []
    ) {
        self.key = key
        self.parentSpanID = parentSpanID
        self.isParentRemote = isParentRemote
        self.name = name
        self.kind = kind
        self.eventType = eventType
        self.startUnixNanoseconds = startUnixNanoseconds
        self.attributes = attributes
    }
}

/// The data common to all spans of one tracer, which a journal stores once.
package struct JournalScope: Sendable {
    /// The scope's number, unique within the process.
    package let number: UInt64
    package let traceState: String?
    /// The invocation's deadline, in nanoseconds since the Unix epoch; nil if unknown.
    package let deadlineUnixNanoseconds: UInt64?
    /// The attributes of every span of the scope: session, project, source and baggage.
    package let attributes: [AttributeList.Entry]

    private static let lastNumber = Atomic<UInt64>(0)

    /// Creates a scope.
    ///
    /// - Parameters:
    ///   - number: The number of a scope that was read from a journal; nil for the next number of this process.
    ///   - traceState: The trace state of the scope's spans.
    ///   - deadlineUnixNanoseconds: The invocation's deadline, in nanoseconds since the Unix epoch; nil if unknown.
    ///   - attributes: The attributes of every span of the scope.
    package init(
        number: UInt64? = nil,
        traceState: String?,
        deadlineUnixNanoseconds: UInt64?,
        attributes: [AttributeList.Entry]
    ) {
        self.number = number ?? Self.lastNumber.add(1, ordering: .relaxed).newValue
        self.traceState = traceState
        self.deadlineUnixNanoseconds = deadlineUnixNanoseconds
        self.attributes = attributes
    }
}
