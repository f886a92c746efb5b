import Hummingbird
import OTLP

/// The JSON API of the page.
extension ViewerRoutes {
    func sessions(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        var query = SessionQuery()
        query.text = parameters["search"].map(String.init) ?? ""
        query.service = parameters["function"].map(String.init)
        query.hasErrors = parameters["errors"] == "1"
        query.limit = parameters["limit"].flatMap { Int($0) } ?? SessionQuery.limitCount
        query.sinceNanoseconds = parameters["since"].flatMap { Int64($0) }
        let sessions = try await archive.sessions(query)
        let refusals = try await archive.refusals().map { refusal -> JSONValue in
            ["received": .number(JSONNumber(refusal.receivedNanoseconds)), "reason": .string(refusal.reason)]
        }
        return answer([
            "sessions": .array(sessions.map(\.json)),
            "services": .array(try await archive.services().map(JSONValue.string)),
            "refusals": .array(refusals),
        ])
    }

    /// Responds with a session and the lines of its waterfall; with `after`, only with lines that arrived since.
    func session(_ id: String, _ request: Request) async throws -> Response {
        let after = request.uri.queryParameters["after"].flatMap { Int64($0) } ?? 0
        guard let session = try await archive.session(id) else { return missing("session", id) }
        let bytes = try await archive.waterfall(of: session, after: after)
        return ViewerHeaders.secured(Response(status: .ok, contentType: "application/json", bytes: bytes))
    }

    func span(_ traceID: String, _ spanID: String) async throws -> Response {
        guard let stored = try await archive.span(traceID: traceID, spanID: spanID),
            case .object(var span) = stored.span.json
        else { return missing("span", "\(traceID)/\(spanID)") }
        span["receivedNanoseconds"] = .number(JSONNumber(stored.receivedNanoseconds))
        for field in ["feedback", "config", "user_properties"] {
            span[field] = stored.span.honeyHiveField(field).json
        }
        var sessions = JSONObject()
        for link in stored.span.links where sessions[link.traceID.hex] == nil {
            let ids = try await archive.sessions(ofTrace: link.traceID.hex)
            sessions[link.traceID.hex] = .array(ids.map(JSONValue.string))
        }
        span["linkedSessions"] = .object(sessions)
        return answer(.object(span))
    }

    func otlp(_ id: String) async throws -> Response {
        guard let session = try await archive.session(id) else { return missing("session", id) }
        return answer(OTLPJSONEncoder.request(try await archive.spans(of: session.id).map(\.span)))
    }

    private func answer(_ json: JSONValue) -> Response {
        ViewerHeaders.secured(Response(status: .ok, json: json))
    }

    private func missing(_ what: String, _ id: String) -> Response {
        let message: JSONValue = ["message": .string("there is no \(what) '\(id)'"), "errorCode": "missing"]
        return ViewerHeaders.secured(Response(status: .notFound, json: message))
    }
}
