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

    /// Reads the fields of a carrier.
    ///
    /// - Parameter values: Returns the values of the field with a lower-case name.
    package init(_ values: (_ name: String) -> [String]) {
        self.init()
        for name in Self.fieldNames {
            for value in values(name) { take(name: name, value: value) }
        }
    }

    /// True if there is none of the fields.
    package var isEmpty: Bool {
        traceparent == nil && tracestate == nil && baggage == nil && honeyHiveSessionID == nil
            && commonSessionID == nil
    }

    private static let fieldNames = ["traceparent", "tracestate", "baggage", "x-honeyhive-session-id", "x-session-id"]

    /// Stores a header field if it is one of these.
    ///
    /// Repeated fields are joined by commas, as by a gateway (https://www.rfc-editor.org/rfc/rfc9110#section-5.3). Two
    /// values of `traceparent` are therefore invalid. Of several session ids, joined or not, the first that is not blank
    /// is used.
    ///
    /// - Parameters:
    ///   - name: The field's name in any case.
    ///   - value: The field's value; evaluated only if the field is used.
    package mutating func take(name: String, value: @autoclosure () -> String?) {
        switch name.lowercased() {
        case "traceparent": traceparent = Self.join(traceparent, value())
        case "tracestate": tracestate = Self.join(tracestate, value())
        case "baggage": baggage = Self.join(baggage, value())
        case "x-honeyhive-session-id": honeyHiveSessionID = honeyHiveSessionID ?? Self.id(value())
        case "x-session-id": commonSessionID = commonSessionID ?? Self.id(value())
        default: break
        }
    }

    /// Removes the session id.
    ///
    /// - Returns: The session id, or nil.
    package mutating func removeSessionID() -> String? {
        defer { (honeyHiveSessionID, commonSessionID) = (nil, nil) }
        return sessionID
    }

    private static func id(_ text: String?) -> String? {
        text?.split(separator: ",").lazy.map { String($0).trimmingSpace() }.first { !$0.isEmpty }
    }

    /// The length up to which a field's values are joined, in bytes; its parser reads no more.
    private static let maximumJoinedBytes = max(Baggage.maximumBytes, TraceContext.maximumTraceStateBytes)

    private static func join(_ first: String?, _ second: @autoclosure () -> String?) -> String? {
        guard let first else { return second() }
        guard first.utf8.count <= maximumJoinedBytes, let second = second() else { return first }
        return "\(first),\(second)"
    }

    /// The caller's span; nil if there is none or the fields violate the specification.
    package var parent: TraceContext? {
        traceparent.flatMap { TraceContext(traceparent: $0, tracestate: tracestate) }
    }
}
