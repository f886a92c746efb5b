import RuntimeAPI
import WireJSON

/// The event that is fed to the function, and the session that it names.
package struct FunctionEvent: Sendable, Hashable {
    /// The event's JSON text.
    package let bytes: [UInt8]
    /// The `session_id` at the event's top; `nil` when it names none.
    package let sessionID: String?

    /// Makes an event.
    ///
    /// Without a session id to add, a given event is passed on byte for byte.
    ///
    /// - Parameters:
    ///   - given: The caller's event; `nil` makes one of the session id alone.
    ///   - sessionID: The id to add, in place of the event's own; `nil` keeps what is there.
    ///   - newSessionID: Makes an id for when neither is given.
    /// - Throws: ``DevServerError`` when the event is not JSON, is over Lambda's limit, or has no place for the id.
    package init(
        given: [UInt8]?,
        sessionID: String?,
        newSessionID: () -> String
    ) throws(DevServerError) {
        guard let given else {
            let id = sessionID ?? newSessionID()
            self.sessionID = id
            self.bytes = JSONValue.object(JSONObject([.init(name: "session_id", value: .string(id))])).bytes
            return
        }
        guard given.count <= RuntimeLimits.eventBytes else {
            throw DevServerError(.badEvent, "the event is over Lambda's limit of \(RuntimeLimits.eventBytes) bytes")
        }
        let event = try Self.parse(given)
        guard let sessionID else {
            self.bytes = given
            self.sessionID = event.object?["session_id"]?.string
            return
        }
        guard case .object(var object) = event else {
            let kind = event.kind
            throw DevServerError(.badEvent, "--session-id needs an event that is a JSON object; this one is \(kind)")
        }
        object["session_id"] = .string(sessionID)
        self.bytes = JSONValue.object(object).bytes
        self.sessionID = sessionID
    }

    private static func parse(_ bytes: [UInt8]) throws(DevServerError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw DevServerError(.badEvent, "the event is not JSON: \(error)")
        }
    }
}
