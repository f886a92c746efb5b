import Hummingbird
import LoopbackHTTP
import OTLPWire
import TraceDatabase
import TraceModel
import WireJSON

/// What the page asks for, as JSON.
extension ViewerRoutes {
    func sessions(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        var query = SessionQuery()
        query.text = parameters["search"].map(String.init) ?? ""
        query.service = parameters["function"].map(String.init)
        query.hasErrors = parameters["errors"] == "1"
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

    /// A session and the lines of its waterfall; of a page that has some already, only those that came since.
    func session(_ id: String, _ request: Request) async throws -> Response {
        let after = request.uri.queryParameters["after"].flatMap { Int64($0) } ?? 0
        guard let session = try await archive.session(id) else { return missing("session", id) }
        let rows = try await archive.rows(of: session.id, after: after)
        return answer([
            "session": session.json,
            "columns": .array(SpanRow.columns.map(JSONValue.string)),
            "rows": .array(rows.map(\.json)),
            "sequence": .number(JSONNumber(rows.last?.sequence ?? after)),
        ])
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

extension SpanRow {
    /// The names of what ``json`` holds: a name for each of thousands of lines would be most of the answer.
    static let columns = [
        "trace", "span", "parent", "name", "service", "kind", "type", "start", "duration", "received", "error",
        "unfinished", "cold", "sessionless", "tokens", "links",
    ]

    /// The line: times are in microseconds since 1970, the duration is in nanoseconds.
    ///
    /// JavaScript has no whole numbers as large as nanoseconds since 1970.
    var json: JSONValue {
        [
            .string(traceID), .string(spanID), text(parentID), .string(name), .string(service), .string(kind),
            text(type), microseconds(startNanoseconds),
            .number(JSONNumber(max(0, endNanoseconds.subtractingReportingOverflow(startNanoseconds).partialValue))),
            microseconds(receivedNanoseconds), text(error), .bool(isUnfinished),
            isColdStart.map(JSONValue.bool) ?? .null,
            .bool(isSessionless), tokenCount.map { .number(JSONNumber($0)) } ?? .null,
            links.flatMap { try? JSONValue(parsing: $0) } ?? .null,
        ]
    }

    private func text(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }

    private func microseconds(_ nanoseconds: Int64) -> JSONValue {
        JSONNumber(Double(nanoseconds) / 1_000).map(JSONValue.number) ?? .null
    }
}
