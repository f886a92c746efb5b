internal import WireText

/// The header fields that carry trace context, independent of the trigger.
package struct TraceHeaders: Sendable, Equatable {
    package var traceparent: String?
    package var tracestate: String?
    package var baggage: String?
    private var honeyHiveSessionID: String?
    private var commonSessionID: String?

    /// The value of `x-honeyhive-session-id` or, if absent, of `x-session-id`.
    package var sessionID: String? { honeyHiveSessionID ?? commonSessionID }

    package init(
        traceparent: String? = nil,
        tracestate: String? = nil,
        baggage: String? = nil,
        sessionID: String? = nil
    ) {
        self.traceparent = traceparent
        self.tracestate = tracestate
        self.baggage = baggage
        honeyHiveSessionID = sessionID
    }

    /// Stores a header field if it is one of these.
    ///
    /// Repeated `tracestate` and `baggage` fields are joined by commas; of the others, the first value is used. A blank
    /// session id is ignored.
    ///
    /// - Parameters:
    ///   - name: The field's name in any case.
    ///   - value: The field's value; evaluated only if the field is used.
    package mutating func take(name: String, value: @autoclosure () -> String?) {
        switch name.lowercased() {
        case "traceparent": traceparent = traceparent ?? value()
        case "tracestate": tracestate = Self.join(tracestate, value())
        case "baggage": baggage = Self.join(baggage, value())
        case "x-honeyhive-session-id": honeyHiveSessionID = honeyHiveSessionID ?? Self.id(value())
        case "x-session-id": commonSessionID = commonSessionID ?? Self.id(value())
        default: break
        }
    }

    private static func id(_ text: String?) -> String? {
        text.flatMap { $0.trimmingSpace().isEmpty ? nil : $0 }
    }

    /// The length up to which a field's values are joined, in bytes; its parser reads no more.
    private static let maximumJoinedBytes = max(Baggage.maximumBytes, TraceContext.maximumTraceStateBytes)

    private static func join(_ first: String?, _ second: @autoclosure () -> String?) -> String? {
        guard let first else { return second() }
        guard first.utf8.count <= maximumJoinedBytes, let second = second() else { return first }
        return "\(first),\(second)"
    }
}
