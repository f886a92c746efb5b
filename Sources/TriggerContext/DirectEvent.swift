internal import SessionTracing

/// A payload that the caller wrote itself: a direct invoke or a Step Functions task.
struct DirectEvent {
    /// The value of a session key, if one stands in the payload.
    private(set) var sessionID: String?
    private(set) var carrier = Carrier()

    private static let sessionKeys: [StaticString] = [
        "session_id", "sessionId", "session-id", "honeyhive_session_id", "honeyhive.session_id",
    ]
    private static let fields: [StaticString] = ["traceparent", "tracestate", "baggage"]
    private static let headers: [StaticString] = fields + ["x-honeyhive-session-id", "x-session-id"]
    /// Objects whose members may hold a session key.
    private static let sessionScopes: [StaticString] = ["honeyhive", "metadata"]

    init(_ event: [UInt8]) {
        event.withUnsafeBufferPointer { text in
            var cursor = JSONCursor(text)
            // What stands in a malformed event cannot be trusted, not even what stands before the fault.
            guard scan(&cursor), cursor.isAtEnd() else {
                self = DirectEvent()
                return
            }
        }
    }

    private init() {}

    private mutating func scan(_ cursor: inout JSONCursor) -> Bool {
        // A key at the top level is plainer than one inside, wherever either stands in the text.
        var nestedSessionID: String?
        let isWhole = cursor.forEachMember { name, value in
            switch value.peek() {
            case .string:
                guard let text = value.readString() else { return false }
                takeString(name, text)
                return true
            case .object where name.isAny(of: Self.sessionScopes):
                return value.forEachMember { name, value in
                    Self.takeSessionID(name, &value, into: &nestedSessionID)
                }
            case .object where name.isAny(of: ["headers"]):
                return value.forEachMember { name, value in takeHeader(name, &value) }
            default:
                return value.skipValue()
            }
        }
        sessionID = sessionID ?? nestedSessionID
        return isWhole
    }

    private mutating func takeString(_ name: JSONString, _ text: JSONString) {
        if name.isAny(of: Self.sessionKeys) {
            sessionID = sessionID ?? text.decodedID()
        } else if let field = name.first(of: Self.fields) {
            carrier.take(name: field.description, value: text.decoded())
        }
    }

    private static func takeSessionID(_ name: JSONString, _ value: inout JSONCursor, into id: inout String?) -> Bool {
        guard value.peek() == .string, name.isAny(of: sessionKeys) else { return value.skipValue() }
        guard let text = value.readString() else { return false }
        id = id ?? text.decodedID()
        return true
    }

    private mutating func takeHeader(_ name: JSONString, _ value: inout JSONCursor) -> Bool {
        guard value.peek() == .string, let field = name.first(of: Self.headers, ignoringCase: true) else {
            return value.skipValue()
        }
        guard let text = value.readString() else { return false }
        carrier.take(name: field.description, value: text.decoded())
        return true
    }
}

extension JSONString {
    /// The text as an id: blank is none.
    fileprivate func decodedID() -> String? {
        guard let text = decoded(), text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        return text
    }
}
