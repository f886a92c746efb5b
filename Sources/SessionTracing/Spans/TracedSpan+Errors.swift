public import Tracing

/// What a trace says of an error.
package struct ErrorSummary: Sendable, Hashable {
    package let type: String
    package let message: String

    package init(_ error: any Error) {
        type = String(describing: Swift.type(of: error))
        message = String(describing: error)
    }
}

extension TracedSpan {
    /// Records an error as an `exception` event and marks the span as failed.
    ///
    /// The same error on its way through several spans is recorded where it was seen first; the spans around that one are
    /// marked as failed and hold no copy of it.
    ///
    /// - Parameters:
    ///   - error: Its type's name and its description are written.
    ///   - attributes: More about it.
    ///   - instant: When it happened.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        record(ErrorSummary(error), attributes: attributes, unixNanoseconds: tracer.unixNanoseconds(of: instant))
    }

    /// Records an error that ends the span's scope.
    package func recordThrown(_ error: any Error) {
        record(ErrorSummary(error), attributes: [:], unixNanoseconds: tracer.now())
    }

    private func record(_ error: ErrorSummary, attributes: SpanAttributes, unixNanoseconds: UInt64) {
        var hasRecorded = false
        let event = exception(error, attributes: attributes, unixNanoseconds: unixNanoseconds)
        update { state in
            hasRecorded = true
            // What is told with attributes of its own, as an attempt's number, is more than what stands there.
            let isKnown =
                state.errorsOfChildren.contains(error)
                || attributes.isEmpty && state.events.contains { $0.isOfSameException(as: event) }
            if !isKnown { add(event, to: &state) }
            if state.status != .ok { state.status = .error(message: "\(error.type): \(error.message)") }
            if state.attributes[HoneyHiveField.error] == nil {
                state.attributes.set(HoneyHiveField.error, to: .string(error.message), priority: .required)
            }
        }
        guard hasRecorded else { return }
        parent?.update { state in
            if state.errorsOfChildren.count < Self.maximumKnownErrorCount { state.errorsOfChildren.insert(error) }
        }
    }

    /// Different errors of children that a span remembers; one beyond them can stand in the trace twice.
    private static let maximumKnownErrorCount = 1_000

    private func exception(
        _ error: ErrorSummary,
        attributes: SpanAttributes,
        unixNanoseconds: UInt64
    ) -> SpanRecord.Event {
        var list = AttributeList(maximumValueBytes: tracer.policy.limits.valueBytes)
        list.set("exception.type", to: .string(error.type))
        list.set("exception.message", to: .string(error.message))
        list.set(attributes)
        return SpanRecord.Event(name: "exception", unixNanoseconds: unixNanoseconds, attributes: list)
    }
}

extension SpanRecord.Event {
    fileprivate func isOfSameException(as other: SpanRecord.Event) -> Bool {
        name == other.name
            && ["exception.type", "exception.message"].allSatisfy { attributes[$0] == other.attributes[$0] }
    }
}
