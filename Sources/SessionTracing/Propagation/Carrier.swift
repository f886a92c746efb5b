/// The header fields that carry trace context, whatever brought them.
package struct Carrier: Sendable, Equatable {
    package var traceparent: String?
    package var tracestate: String?
    package var baggage: String?
    /// `x-honeyhive-session-id` or `x-session-id`.
    package var sessionID: String?

    package init(
        traceparent: String? = nil,
        tracestate: String? = nil,
        baggage: String? = nil,
        sessionID: String? = nil
    ) {
        self.traceparent = traceparent
        self.tracestate = tracestate
        self.baggage = baggage
        self.sessionID = sessionID
    }

    /// Takes a header field if it is one of them; a field that stands several times is joined by commas, but for
    /// `traceparent`, whose first value counts.
    ///
    /// - Parameters:
    ///   - name: In any case.
    ///   - value: Asked for only when the name is one that is wanted.
    package mutating func take(name: String, value: @autoclosure () -> String?) {
        switch name.lowercased() {
        case "traceparent": traceparent = traceparent ?? value()
        case "tracestate": tracestate = Self.join(tracestate, value())
        case "baggage": baggage = Self.join(baggage, value())
        case "x-honeyhive-session-id": sessionID = value() ?? sessionID
        case "x-session-id": sessionID = sessionID ?? value()
        default: break
        }
    }

    private static func join(_ first: String?, _ second: String?) -> String? {
        guard let first, let second else { return first ?? second }
        return "\(first),\(second)"
    }
}
