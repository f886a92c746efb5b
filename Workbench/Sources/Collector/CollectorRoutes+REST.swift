import FoundationEssentials
import HTTPTypes
import Hummingbird
import LoopbackHTTP
import TraceModel
import WireJSON

/// HoneyHive's REST calls, as far as a function makes them: the explicit start of a session, its enrichment, an event.
extension CollectorRoutes {
    /// Ids that the reference client wants in the answer to a session's start.
    private static let localIDs: [(name: String, value: String)] = [
        ("org_id", "local"), ("workspace_id", "local"), ("project_id", "local"),
    ]

    func addRESTRoutes(to router: Router<LoopbackContext>) {
        router.post("/session/start") { request, _ in
            await answer(request) { body throws(CollectorError) in try startSession(body) }
        }
        router.put("/events") { request, _ in
            await answer(request) { body throws(CollectorError) in try enrich(body) }
        }
        router.post("/events") { request, _ in
            await answer(request) { body throws(CollectorError) in try recordEvent(body) }
        }
    }

    private func answer(
        _ request: Request,
        _ take: (JSONFields) throws(CollectorError) -> JSONValue
    ) async -> Response {
        do throws(CollectorError) {
            let bytes = try await CollectedBody(of: request, limitBytes: CollectorLimits.restBodyBytes).bytes()
            return Response(status: .ok, json: try take(try fields(in: bytes)))
        } catch {
            let call = "\(request.method) \(request.uri.path)"
            store.record(.refusal("\(call): \(error.code.statusCode) \(error.reason)"), at: .now)
            return Response(
                status: HTTPResponse.Status(code: error.code.statusCode),
                json: ["message": .string(error.reason), "errorCode": .string(error.code.description)]
            )
        }
    }

    private func fields(in bytes: [UInt8]) throws(CollectorError) -> JSONFields {
        try JSONFields(try .init(body: bytes), path: "$")
    }

    private func startSession(_ body: JSONFields) throws(CollectorError) -> JSONValue {
        let session = try body.fields("session") ?? body
        let given = try session.string("session_id")
        let id = given.isEmpty ? UUID().uuidString.lowercased() : given
        store.record(.sessionFields(id: id, JSONObject(session.members)), at: .now)
        var answer = JSONObject(Self.localIDs.map { .init(name: $0.name, value: .string($0.value)) })
        answer["session_id"] = .string(id)
        answer["event_id"] = .string(id)
        return .object(answer)
    }

    private func enrich(_ body: JSONFields) throws(CollectorError) -> JSONValue {
        let id = try body.string("event_id")
        guard !id.isEmpty else { throw CollectorError(.malformed, "$.event_id is missing") }
        store.record(.sessionFields(id: id, JSONObject(body.members)), at: .now)
        return ["success": true, "event_id": .string(id)]
    }

    private func recordEvent(_ body: JSONFields) throws(CollectorError) -> JSONValue {
        let event = try body.fields("event") ?? body
        let sessionID = try event.string("session_id")
        guard !sessionID.isEmpty else { throw CollectorError(.malformed, "\(event.path).session_id is missing") }
        let given = try event.string("event_id")
        let id = given.isEmpty ? UUID().uuidString.lowercased() : given
        store.record(.event(sessionID: sessionID, JSONObject(event.members)), at: .now)
        return ["success": true, "event_id": .string(id), "session_id": .string(sessionID)]
    }
}
