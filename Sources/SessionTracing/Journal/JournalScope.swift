internal import Synchronization

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

    package init(traceState: String?, deadlineUnixNanoseconds: UInt64?, attributes: [AttributeList.Entry]) {
        self.init(
            number: Self.lastNumber.add(1, ordering: .relaxed).newValue,
            traceState: traceState,
            deadlineUnixNanoseconds: deadlineUnixNanoseconds,
            attributes: attributes
        )
    }

    /// Creates a scope that was read from a journal.
    package init(
        number: UInt64,
        traceState: String?,
        deadlineUnixNanoseconds: UInt64?,
        attributes: [AttributeList.Entry]
    ) {
        self.number = number
        self.traceState = traceState
        self.deadlineUnixNanoseconds = deadlineUnixNanoseconds
        self.attributes = attributes
    }
}
