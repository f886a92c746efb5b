import CShims
import HTTPTypes
package import Hummingbird
import NIOCore
package import OTLP

/// The routes of the browser viewer: the page and its JSON API.
///
/// All of the page's URLs return the same file; the URL determines the session that it shows.
package struct ViewerRoutes: Sendable {
    /// The limit of an imported request, in bytes; four times the largest part that an export makes of several spans.
    private static let importLimitBytes = 64 * 1_024 * 1_024

    let database: TraceDatabase

    var archive: TraceArchive { database.archive }

    /// Creates the routes.
    package init(database: TraceDatabase) {
        self.database = database
    }

    /// Adds the routes to a router with further routes.
    ///
    /// - Parameter router: The router; it must have its own ``LoopbackOnlyMiddleware``.
    package func add(to router: Router<LoopbackContext>) {
        for path in ["/", "/runs", "/compare", "/invocations", "/invocations/:request", "/sessions/:session"] {
            router.get(RouterPath(path)) { _, _ in try asset("index.html") }
        }
        router.get("/viewer/:asset") { _, context in try asset(context.parameters.get("asset")) }
        addReadRoutes(to: router)
        addWriteRoutes(to: router)
        router.get("/api/changes") { _, _ in Self.response(to: database.changes()) }
    }

    private func addReadRoutes(to router: Router<LoopbackContext>) {
        router.get("/api/sessions") { request, _ in try await answering { try await sessions(request) } }
        router.get("/api/session-ids") { _, _ in
            try await answering { answer(.array(try await archive.sessionIDs().map(JSONValue.string))) }
        }
        router.get("/api/sessions/:session") { request, context in
            let id = try parameter("session", context)
            return try await answering { try await session(id, request) }
        }
        router.get("/api/sessions/:session/search") { request, context in
            let id = try parameter("session", context)
            return try await answering { try await search(id, request) }
        }
        for (name, isFile) in [("otlp", false), ("export", true)] {
            router.get("/api/sessions/:session/\(name)") { _, context in
                let id = try parameter("session", context)
                return try await answering { try await export(id, isFile: isFile) }
            }
        }
        router.get("/api/sessions/:session/lateness") { _, context in
            let id = try parameter("session", context)
            return try await answering {
                let lateness = try await archive.lateness(of: id)
                return answer(.object(JSONObject(lateness.map { .init(name: $0.key, value: .bool($0.value)) })))
            }
        }
        router.get("/api/sessions/:session/logs") { _, context in
            let id = try parameter("session", context)
            return try await answering {
                answer(["logs": .array(try await archive.logs(of: id).map(OTLPLogs.request))])
            }
        }
        router.get("/api/signals") { _, _ in
            try await answering { answer(try await archive.signalCounts().json) }
        }
        router.get("/api/invocations") { _, _ in
            try await answering { answer(["invocations": try await archive.invocations()]) }
        }
        router.get("/api/invocations/:request") { _, context in
            let id = try parameter("request", context)
            return try await answering {
                guard let invocation = try await archive.invocation(requestID: id) else {
                    return missing("invocation", id)
                }
                return answer(invocation)
            }
        }
        router.get("/api/spans/:trace/:span") { _, context in
            let (trace, span) = (try parameter("trace", context), try parameter("span", context))
            return try await answering { try await self.span(trace, span) }
        }
    }

    private func addWriteRoutes(to router: Router<LoopbackContext>) {
        router.delete("/api/sessions/:session") { _, context in
            let id = try parameter("session", context)
            return try await answering { try await remove(.session(id)) }
        }
        router.delete("/api/sessions") { request, _ in
            let parameters = request.uri.queryParameters
            if parameters["all"] == "1" { return try await answering { try await remove(.all) } }
            guard let age = parameters["olderThan"].flatMap({ Int64($0) }), age >= 0 else {
                throw HTTPError(.badRequest, message: "give all=1 or olderThan=SECONDS")
            }
            return try await answering { try await remove(.olderThan(age)) }
        }
        router.post("/api/import") { request, _ in
            let body = await CollectedBody(of: request, limitBytes: Self.importLimitBytes)
            guard case .complete(let bytes) = body else { throw HTTPError(.contentTooLarge) }
            return try await answering {
                try await database.record(bytes)
                return answer(["success": true])
            }
        }
    }

    /// Runs a route; an error of the database becomes its reason for the reader.
    private func answering(_ work: () async throws -> Response) async throws -> Response {
        do {
            return try await work()
        } catch let error as HTTPError {
            throw error
        } catch let error as CollectorError {
            let status = HTTPResponse.Status(code: error.code.statusCode)
            return Response(status: status, json: ["message": .string(error.reason), "errorCode": "invalid"]).secured
        } catch {
            let message: JSONValue = .string("the traces cannot be read or written: \(error)")
            return Response(status: .serviceUnavailable, json: ["message": message, "errorCode": "unavailable"]).secured
        }
    }

    private func parameter(_ name: String, _ context: LoopbackContext) throws -> String {
        guard let value = context.parameters.get(name).map({ PercentText.decoded($0) }) else {
            throw HTTPError(.badRequest)
        }
        return value
    }
}

/// The JSON API of the page.
extension ViewerRoutes {
    func sessions(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        func text(_ name: Substring) -> String? {
            parameters[name].flatMap { $0.isEmpty ? nil : String($0) }
        }
        var query = SessionQuery()
        query.text = parameters["search"].map(String.init) ?? ""
        query.service = parameters["function"].map(String.init)
        query.hasErrors = parameters["errors"] == "1"
        query.limit = parameters["limit"].flatMap { Int($0) } ?? SessionQuery.limitCount
        query.sinceNanoseconds = parameters["since"].flatMap { Int64($0) }
        query.minimumNanoseconds = parameters["longer"].flatMap { Int64($0) }
        query.error = text("error")
        query.user = text("user")
        query.tag = text("tag")
        query.attribute = text("attribute").flatMap(SessionQuery.Attribute.init)
        query.order = parameters["sort"].flatMap { SessionQuery.Order(rawValue: String($0)) } ?? .started
        query.isAscending = parameters["ascending"] == "1"
        query.offset = parameters["offset"].flatMap { Int($0) } ?? 0
        let sessions = try await archive.sessions(query)
        let refusals = try await archive.refusals().map { refusal -> JSONValue in
            ["received": .number(JSONNumber(refusal.receivedNanoseconds)), "reason": .string(refusal.reason)]
        }
        return answer([
            "sessions": .array(sessions.map(\.json)),
            "total": .number(JSONNumber(try await archive.sessionCount(query))),
            "services": .array(try await archive.services().map(JSONValue.string)),
            "refusals": .array(refusals),
        ])
    }

    /// Responds with a session and the lines of its waterfall; with `after`, only with lines that arrived since.
    func session(_ id: String, _ request: Request) async throws -> Response {
        let after = request.uri.queryParameters["after"].flatMap { Int64($0) } ?? 0
        guard let session = try await archive.session(id) else { return missing("session", id) }
        let bytes = try await archive.waterfall(of: session, after: after)
        return Response(status: .ok, contentType: "application/json", bytes: bytes).secured
    }

    /// Responds with the keys of the spans that have a text anywhere in their content.
    func search(_ id: String, _ request: Request) async throws -> Response {
        guard let session = try await archive.session(id) else { return missing("session", id) }
        let text = request.uri.queryParameters["text"].map(String.init) ?? ""
        let keys = text.isEmpty ? [] : try await archive.spanKeys(with: text, in: session)
        return answer(["spans": .array(keys.map(JSONValue.string))])
    }

    func span(_ traceID: String, _ spanID: String) async throws -> Response {
        guard let stored = try await archive.span(traceID: traceID, spanID: spanID),
            case .object(var span) = stored.normal.json
        else { return missing("span", "\(traceID)/\(spanID)") }
        span["receivedNanoseconds"] = .number(JSONNumber(stored.receivedNanoseconds))
        let invocationID = try await archive.invocationID(traceID: traceID, spanID: spanID)
        span["invocation"] = invocationID.map(JSONValue.string) ?? .null
        span["logs"] = .array(try await archive.logs(traceID: traceID, spanID: spanID).map(\.json))
        var sessions = JSONObject()
        for link in stored.span.links where sessions[link.traceID.hex] == nil {
            let ids = try await archive.sessions(ofTrace: link.traceID.hex)
            sessions[link.traceID.hex] = .array(ids.map(JSONValue.string))
        }
        span["linkedSessions"] = .object(sessions)
        return answer(.object(span))
    }

    /// Responds with a session as OTLP requests: as one, or as a file of several that a collector takes.
    func export(_ id: String, isFile: Bool) async throws -> Response {
        guard let session = try await archive.session(id) else { return missing("session", id) }
        guard isFile else { return answer(try OTLPJSON.request(try await archive.spans(of: session.id).map(\.span))) }
        let lines = try await archive.export(session).map { $0.text + "\n" }
        var response = Response(status: .ok, contentType: "application/x-ndjson", bytes: Array(lines.joined().utf8))
            .secured
        let name = session.id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
        response.headers[.contentDisposition] = "attachment; filename=\"\(String(name.prefix(80))).jsonl\""
        return response
    }

    func remove(_ selection: SessionSelection) async throws -> Response {
        let count = try await database.remove(selection)
        if case .session(let id) = selection, count == 0 { return missing("session", id) }
        return answer(["removed": .number(JSONNumber(count))])
    }

    private func answer(_ json: JSONValue) -> Response {
        Response(status: .ok, json: json).secured
    }

    private func missing(_ what: String, _ id: String) -> Response {
        let message: JSONValue = ["message": .string("there is no \(what) '\(id)'"), "errorCode": "missing"]
        return Response(status: .notFound, json: message).secured
    }
}

// MARK: - Changes

extension ViewerRoutes {
    /// The pause after an event, in milliseconds, so that consecutive changes are reported together.
    private static let pauseMilliseconds = 100
    /// The heartbeat interval, in seconds, after which a closed page is detected.
    private static let heartbeatSeconds = 15

    /// Notifies the page of changes with server-sent events
    /// (https://html.spec.whatwg.org/multipage/server-sent-events.html); the page then requests the new data.
    private static func response(to changes: AsyncStream<Void>) -> Response {
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 1000\nevent: change\ndata:\n\n"))
            let texts = texts(of: changes)
            for await text in texts {
                try await writer.write(ByteBuffer(string: text))
                try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body).secured
    }

    private static func texts(of changes: AsyncStream<Void>) -> AsyncStream<String> {
        let (texts, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        let forwarding = Task {
            for await _ in changes { continuation.yield("event: change\ndata:\n\n") }
        }
        let beating = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(heartbeatSeconds))
                // Sent as a change event: it may replace a pending one in the buffer, which must not get lost.
                continuation.yield("event: change\ndata:\n\n")
            }
        }
        continuation.onTermination = { _ in
            forwarding.cancel()
            beating.cancel()
        }
        return texts
    }
}

// MARK: - Files of the page

extension ViewerRoutes {
    private static let contentTypes = [
        "css": "text/css; charset=utf-8", "html": "text/html; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "json": "application/json", "svg": "image/svg+xml",
    ]

    private func asset(_ name: String?) throws -> Response {
        guard let name, let file = embedded_viewer_file(name)?.pointee else { throw HTTPError(.notFound) }
        let contentType = name.split(separator: ".").last.flatMap { Self.contentTypes[String($0)] }
        let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
        return Response(status: .ok, contentType: contentType ?? "application/octet-stream", bytes: bytes).secured
    }
}

// MARK: - Security headers

extension Response {
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let securityHeaders = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    /// The response with security headers.
    ///
    /// The page shows the content of spans as text. Should that ever fail, the policy still allows only the page's own
    /// scripts, no requests to other servers, and no frames (https://www.w3.org/TR/CSP3/).
    fileprivate var secured: Response {
        var response = self
        for field in Self.securityHeaders { response.headers[field.name] = field.value }
        return response
    }
}
