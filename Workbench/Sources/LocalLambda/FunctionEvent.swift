import OTLP

/// The event for a function, and its session id.
package struct FunctionEvent: Sendable, Hashable {
    /// The event in JSON.
    package let bytes: [UInt8]
    /// The event's top-level `session_id`; `nil` when it has none.
    package let sessionID: String?

    /// Creates an event.
    ///
    /// An event whose session id is not replaced is passed on unchanged.
    ///
    /// - Parameters:
    ///   - given: The caller's event; `nil` creates one with only a session id.
    ///   - sessionID: The session id, which replaces the event's own; `nil` keeps that.
    ///   - newSessionID: Generates a session id when neither is given.
    /// - Throws: ``LocalLambdaError`` when the event is not JSON, exceeds Lambda's limit, or cannot carry the session id.
    package init(
        given: [UInt8]?,
        sessionID: String?,
        newSessionID: () -> String
    ) throws(LocalLambdaError) {
        guard let given else {
            let id = sessionID ?? newSessionID()
            self.sessionID = id
            self.bytes = JSONValue.object(JSONObject([.init(name: "session_id", value: .string(id))])).bytes
            return
        }
        guard given.count <= RuntimeLimits.eventBytes else {
            throw LocalLambdaError(.badEvent, "the event is over Lambda's limit of \(RuntimeLimits.eventBytes) bytes")
        }
        let event = try Self.parse(given)
        guard let sessionID else {
            self.bytes = given
            self.sessionID = event.object?["session_id"]?.string
            return
        }
        guard case .object(var object) = event else {
            let kind = event.kind
            throw LocalLambdaError(.badEvent, "--session-id needs an event that is a JSON object; this one is \(kind)")
        }
        object["session_id"] = .string(sessionID)
        self.bytes = JSONValue.object(object).bytes
        self.sessionID = sessionID
    }

    private static func parse(_ bytes: [UInt8]) throws(LocalLambdaError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw LocalLambdaError(.badEvent, "the event is not JSON: \(error)")
        }
    }
}
