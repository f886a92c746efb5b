/// The cause of the end of a process that left a span open, as far as another process can determine it.
package enum ProcessEnd: Sendable, Equatable {
    /// The process was alive at its deadline or later, so Lambda ended it because of the timeout.
    case timeout
    /// The process ended before the deadline.
    case crash
    /// The process ended, but whether before or at the deadline is unknown, or there was no deadline.
    case unknown

    /// Determines the cause from three times, in nanoseconds since the Unix epoch.
    ///
    /// - Parameters:
    ///   - deadline: The invocation's deadline, or nil if unknown.
    ///   - lastHeartbeat: The last time at which the process is known to have been alive.
    ///   - now: The time at which its end was noticed.
    package init(deadline: UInt64?, lastHeartbeat: UInt64, now: UInt64) {
        guard let deadline else {
            self = .unknown
            return
        }
        self = lastHeartbeat >= deadline ? .timeout : now < deadline ? .crash : .unknown
    }

    /// The span's `exception.type`.
    package var errorType: String { self == .timeout ? "InvocationTimeout" : "ProcessEnded" }

    package var message: String {
        switch self {
        case .timeout: "timeout: the process was still running at the invocation's deadline and was ended"
        case .crash: "crash: the process ended or was killed before the invocation's deadline"
        case .unknown: "the process ended or was killed; whether at the invocation's deadline is not known"
        }
    }
}

extension SpanRecord {
    /// Creates the record of a span that an ended process left open.
    ///
    /// The span is marked as failed and unfinished.
    ///
    /// - Parameters:
    ///   - start: The stored start of the span.
    ///   - scope: The data that it shares with the spans of its tracer.
    ///   - end: The cause of the process's end.
    ///   - endUnixNanoseconds: The earliest possible end time, in nanoseconds since the Unix epoch.
    package init(unfinished start: SpanStart, in scope: JournalScope, end: ProcessEnd, endUnixNanoseconds: UInt64) {
        let endUnixNanoseconds = max(endUnixNanoseconds, start.startUnixNanoseconds)
        var attributes = AttributeList()
        for entry in scope.attributes + start.attributes {
            attributes.set(entry.key, to: entry.value, priority: .identifying)
        }
        let eventType = start.eventType ?? .inferred(name: start.name, attributes: attributes)
        attributes.set(HoneyHiveField.eventType, to: .string(eventType.rawValue), priority: .identifying)
        attributes.set(HoneyHiveField.error, to: .string(end.message), priority: .required)
        attributes.set(HoneyHiveField.unfinished, to: true, priority: .required)
        var exception = AttributeList()
        exception.set("exception.type", to: .string(end.errorType))
        exception.set("exception.message", to: .string(end.message))
        self.init(
            traceID: start.key.traceID,
            spanID: start.key.spanID,
            parentSpanID: start.parentSpanID,
            isParentRemote: start.isParentRemote,
            traceState: scope.traceState,
            isSampled: true,
            name: start.name,
            kind: start.kind,
            startUnixNanoseconds: start.startUnixNanoseconds,
            endUnixNanoseconds: endUnixNanoseconds,
            attributes: attributes,
            events: [Event(name: "exception", unixNanoseconds: endUnixNanoseconds, attributes: exception)],
            status: .error(message: "\(end.errorType): \(end.message)")
        )
    }
}
