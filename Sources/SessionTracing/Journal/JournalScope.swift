internal import Synchronization

/// What the spans of one tracer have in common, for a journal that writes it once.
package struct JournalScope: Sendable {
    /// Tells scopes of one process apart.
    package let number: UInt64
    package let traceState: String?
    /// When the invocation has to be over, in nanoseconds since the Unix epoch; nil when nobody has said.
    package let deadlineUnixNanoseconds: UInt64?
    /// On every span of the scope: its session, project, source and baggage.
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

    /// A scope that is read back.
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
