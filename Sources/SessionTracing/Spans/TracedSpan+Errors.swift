public import Tracing

/// The type and description of an error, as recorded in a trace.
package struct ErrorSummary: Sendable, Hashable {
    package let type: String
    package var message: String

    package init(_ error: any Error) {
        type = String(describing: Swift.type(of: error))
        message = String(describing: error)
    }
}

extension TracedSpan {
    /// Records an error as an `exception` event and marks the span as failed.
    ///
    /// An error that passes through several nested spans is recorded on the innermost one only; the outer spans are
    /// marked as failed.
    ///
    /// - Parameters:
    ///   - error: The error; its type name and description are recorded.
    ///   - attributes: Additional attributes of the event.
    ///   - instant: The time of the error.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        record(summary(of: error), attributes: attributes, unixNanoseconds: tracer.unixNanoseconds(of: instant))
    }

    /// Records an error thrown by the span's body.
    package func recordThrown(_ error: any Error) {
        record(summary(of: error), attributes: [:], unixNanoseconds: tracer.now())
    }

    /// Returns the type and the redacted description of an error.
    private func summary(of error: any Error) -> ErrorSummary {
        var summary = ErrorSummary(error)
        summary.message = tracer.redaction.redacted(summary.message, as: .error)
        return summary
    }

    /// Records the HTTP status of the span's answer; one from a given status on marks the span as failed.
    ///
    /// The status has no description, because the attribute says it all
    /// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status). HoneyHive reads its own field. An error
    /// that the span has already remains.
    ///
    /// - Parameters:
    ///   - code: The status.
    ///   - firstFailure: The lowest status of a failure: 500 for a server, 400 for a client.
    package func recordHTTPStatus(_ code: Int, failingFrom firstFailure: Int = 500) {
        let redaction = tracer.redaction
        let status = redaction.redacted(.int(code), of: "http.response.status_code")
        guard code >= firstFailure else {
            return update { $0.attributes.set("http.response.status_code", to: status, priority: .required) }
        }
        let type = redaction.redacted(.string("\(code)"), of: "error.type")
        let message = redaction.redacted("HTTP \(code)", as: .error)
        update { state in
            state.attributes.set("http.response.status_code", to: status, priority: .required)
            if state.attributes["error.type"] == nil {
                state.attributes.set("error.type", to: type, priority: .required)
            }
            if state.attributes[HoneyHiveField.error] == nil {
                state.attributes.set(HoneyHiveField.error, to: .string(message), priority: .required)
            }
            if state.status == .unset { state.status = .error(message: "") }
        }
    }

    /// Records the type of the error for which the span failed, also on a span with the maximum number of attributes.
    package func recordErrorType(_ type: String) {
        let type = tracer.redaction.redacted(.string(type), of: "error.type")
        update { $0.attributes.set("error.type", to: type, priority: .required) }
    }

    private func record(_ error: ErrorSummary, attributes: SpanAttributes, unixNanoseconds: UInt64) {
        var hasRecorded = false
        let event = exception(error, attributes: attributes, unixNanoseconds: unixNanoseconds)
        update { state in
            hasRecorded = true
            // An event with its own attributes, such as the number of an attempt, has more information than the
            // recorded one.
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

    /// The maximum number of different child errors that a span remembers; further ones may be recorded twice.
    private static let maximumKnownErrorCount = 1_000

    private func exception(
        _ error: ErrorSummary,
        attributes: SpanAttributes,
        unixNanoseconds: UInt64
    ) -> SpanRecord.Event {
        var list = AttributeList(maximumValueBytes: tracer.policy.limits.valueBytes)
        list.set("exception.type", to: .string(error.type))
        list.set("exception.message", to: .string(error.message))
        list.set(attributes, tracer.redaction)
        return SpanRecord.Event(name: "exception", unixNanoseconds: unixNanoseconds, attributes: list)
    }
}

extension SpanRecord.Event {
    fileprivate func isOfSameException(as other: SpanRecord.Event) -> Bool {
        name == other.name
            && ["exception.type", "exception.message"].allSatisfy { attributes[$0] == other.attributes[$0] }
    }
}
