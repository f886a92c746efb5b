import FoundationEssentials
import HTTPTypes
package import Hummingbird
package import OTLP

/// HoneyHive's routes that read events, and those of datasets and experiments, so that `evaluate()` of its client runs
/// without an account.
package struct ExperimentRoutes: Sendable {
    /// The limit of a body, in bytes.
    private static let bodyBytes = 16 * 1_024 * 1_024
    /// The largest number of events in an answer, as HoneyHive's.
    private static let eventLimitCount = 7_500

    private let database: TraceDatabase

    private var archive: TraceArchive { database.archive }

    package init(database: TraceDatabase) { self.database = database }

    private typealias Work = @Sendable (JSONObject, _ id: String, Request) async throws -> JSONValue?

    /// Adds the routes to a router with further routes.
    package func add(to router: Router<LoopbackContext>) {
        addRunRoutes(to: router)
        addDataRoutes(to: router)
        for path in ["/v1/events/export", "/events/export", "/v1/events/search"] {
            on(router, .post, path) { body, _, _ in try await events(body) }
        }
        on(router, .get, "/projects") { _, _, _ in [["id": "local", "name": "local"]] }
    }

    private func on(
        _ router: Router<LoopbackContext>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ work: @escaping Work
    ) {
        router.on(RouterPath(path), method: method) { request, context in
            do {
                let collected = await CollectedBody(of: request, limitBytes: Self.bodyBytes)
                guard case .complete(let bytes) = collected else {
                    throw CollectorError(.tooLarge, "the body is too large")
                }
                let body = bytes.isEmpty ? JSONObject() : try JSONValue(body: bytes).object ?? JSONObject()
                let id = context.parameters.get("id").map { PercentText.decoded($0) } ?? ""
                guard let answer = try await work(body, id, request) else {
                    return Self.failure(.notFound, "there is no '\(id)'")
                }
                return Response(status: .ok, json: answer)
            } catch let error as CollectorError {
                return Self.failure(HTTPResponse.Status(code: error.code.statusCode), error.reason)
            } catch {
                return Self.failure(.serviceUnavailable, "the traces cannot be read or written: \(error)")
            }
        }
    }

    private static func failure(_ status: HTTPResponse.Status, _ message: String) -> Response {
        Response(status: status, json: ["message": .string(message), "errorCode": .string("\(status.code)")])
    }

    private static func newID() -> String { UUID().uuidString.lowercased() }

    private static func now() -> JSONValue { .string(Date().formatted(.iso8601)) }
}

// MARK: - Runs

extension ExperimentRoutes {
    private func addRunRoutes(to router: Router<LoopbackContext>) {
        on(router, .post, "/v1/runs") { body, _, _ in
            let id = body["run_id"]?.string ?? Self.newID()
            var fields = body
            fields["created_at"] = Self.now()
            try await database.put(StoredDocument(id: id, fields: fields), .run)
            return ["evaluation": Self.run(id, fields), "run_id": .string(id)]
        }
        on(router, .get, "/v1/runs") { _, _, request in try await runs(request) }
        on(router, .get, "/v1/runs/:id") { _, id, _ in
            try await archive.document(.run, id).map { ["evaluation": Self.run(id, $0.fields)] }
        }
        on(router, .put, "/v1/runs/:id") { body, id, _ in
            guard var stored = try await archive.document(.run, id) else { return nil }
            for member in body.members where member.value != .null { stored.fields[member.name] = member.value }
            stored.fields["updated_at"] = Self.now()
            try await database.put(stored, .run)
            return ["evaluation": Self.run(id, stored.fields)]
        }
        on(router, .delete, "/v1/runs/:id") { _, id, _ in
            try await database.remove(.run, id)
            return ["id": .string(id), "deleted": true]
        }
        on(router, .get, "/v1/runs/:id/result") { _, id, request in
            guard let stored = try await archive.document(.run, id) else { return nil }
            let status = stored.fields["status"]?.string ?? "pending"
            return try await result(stored).json(
                run: Self.run(id, stored.fields),
                status: status,
                function: Self.function(request)
            )
        }
        on(router, .get, "/v1/runs/:id/compare-with/:old") { _, id, request in
            let old = request.uri.path.split(separator: "/").last.map { PercentText.decoded($0) } ?? ""
            guard let new = try await archive.document(.run, id), let before = try await archive.document(.run, old)
            else { return nil }
            return try await result(new).comparison(
                with: try await result(before),
                newRun: Self.run(id, new.fields),
                oldRun: Self.run(old, before.fields),
                function: Self.function(request)
            )
        }
    }

    private static func function(_ request: Request) -> String {
        request.uri.queryParameters["aggregate_function"].map(String.init) ?? "average"
    }

    /// A run with the members that the client requires.
    private static func run(_ id: String, _ fields: JSONObject) -> JSONValue {
        var run = JSONObject(fields.members.filter { $0.value != .null })
        run["id"] = .string(id)
        run["run_id"] = .string(id)
        let empty: [(String, JSONValue)] = [
            ("metadata", [:]), ("results", [:]), ("event_ids", []), ("configuration", [:]), ("is_active", true),
            ("scope_type", "project"), ("scope_id", "local"), ("created_at", now()),
        ]
        for (name, value) in empty where run[name] == nil { run[name] = value }
        return .object(run)
    }

    private func runs(_ request: Request) async throws -> JSONValue {
        let all = try await archive.documents(.run)
        let parameters = request.uri.queryParameters
        let limit = min(max(parameters["limit"].flatMap { Int($0) } ?? 20, 1), 1_000)
        let page = max(parameters["page"].flatMap { Int($0) } ?? 1, 1)
        let name = parameters["name"].map(String.init)
        let found = all.filter { name == nil || $0.fields["name"]?.string?.contains(name ?? "") == true }
        let pageCount = (found.count + limit - 1) / limit
        let shown = found.dropFirst(min((page - 1) * limit, found.count)).prefix(limit)
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        return [
            "evaluations": .array(shown.map { Self.run($0.id, $0.fields) }), "metrics": [],
            "pagination": [
                "page": number(page), "limit": number(limit), "total": number(found.count),
                "total_unfiltered": number(all.count), "total_pages": number(pageCount),
                "has_next": .bool(page < pageCount), "has_prev": .bool(page > 1),
            ],
        ]
    }

    private func result(_ run: StoredDocument) async throws -> RunResult {
        let named = run.fields["event_ids"]?.array?.compactMap(\.string) ?? []
        var ids: [String] = []
        for id in named + (try await archive.sessions(ofRun: run.id)) where !ids.contains(id) { ids.append(id) }
        var result = RunResult()
        for id in ids {
            guard let session = try await archive.session(id) else { continue }
            result.add(session, try await archive.spans(of: session.id).map(\.normal))
        }
        return result
    }
}

// MARK: - Datasets and datapoints

extension ExperimentRoutes {
    private func addDataRoutes(to router: Router<LoopbackContext>) {
        on(router, .get, "/v1/datasets") { _, _, request in
            let id = request.uri.queryParameters["dataset_id"].map(String.init)
            return ["datasets": .array(try await archive.documents(.dataset, id: id).map(Self.dataset))]
        }
        on(router, .post, "/v1/datasets") { body, _, _ in
            let id = Self.newID()
            var fields = body
            fields["created_at"] = Self.now()
            try await database.put(StoredDocument(id: id, fields: fields), .dataset)
            return ["inserted": true, "result": ["insertedId": .string(id)]]
        }
        on(router, .put, "/v1/datasets") { body, _, _ in
            guard let id = body["dataset_id"]?.string, var stored = try await archive.document(.dataset, id) else {
                return nil
            }
            for member in body.members where member.name != "dataset_id" { stored.fields[member.name] = member.value }
            try await database.put(stored, .dataset)
            return ["result": Self.dataset(stored)]
        }
        on(router, .delete, "/v1/datasets") { _, _, request in
            let id = request.uri.queryParameters["dataset_id"].map(String.init) ?? ""
            try await database.remove(.dataset, id)
            return ["result": ["id": .string(id)]]
        }
        on(router, .post, "/v1/datasets/:id/datapoints") { body, id, _ in try await addDatapoints(body, to: id) }
        on(router, .get, "/v1/datapoints") { _, _, _ in
            ["datapoints": .array(try await archive.documents(.datapoint).map(Self.datapoint))]
        }
        on(router, .get, "/v1/datapoints/:id") { _, id, _ in
            try await archive.document(.datapoint, id).map { ["datapoint": [Self.datapoint($0)]] }
        }
        on(router, .post, "/v1/datapoints") { body, _, _ in
            let id = try await addDatapoint(body)
            return ["inserted": true, "result": ["insertedIds": [.string(id)]]]
        }
        on(router, .put, "/v1/datapoints/:id") { body, id, _ in
            guard var stored = try await archive.document(.datapoint, id) else { return nil }
            for member in body.members { stored.fields[member.name] = member.value }
            try await database.put(stored, .datapoint)
            return ["updated": true, "result": ["modifiedCount": 1]]
        }
        on(router, .delete, "/v1/datapoints/:id") { _, id, _ in
            try await database.remove(.datapoint, id)
            return ["deleted": true]
        }
    }

    private func addDatapoint(_ fields: JSONObject) async throws -> String {
        let id = Self.newID()
        var fields = fields
        fields["created_at"] = Self.now()
        try await database.put(StoredDocument(id: id, fields: fields), .datapoint)
        for name in fields["linked_datasets"]?.array?.compactMap(\.string) ?? [] { try await link([id], to: name) }
        return id
    }

    /// Adds datapoints that are rows of data, with a mapping of their columns to inputs, history and ground truth.
    private func addDatapoints(_ body: JSONObject, to dataset: String) async throws -> JSONValue? {
        guard try await archive.document(.dataset, dataset) != nil else { return nil }
        let mapping = body["mapping"]?.object ?? JSONObject()
        func columns(_ name: String, _ row: JSONObject) -> JSONValue {
            let names = mapping[name]?.array?.compactMap(\.string) ?? []
            return .object(JSONObject(names.compactMap { name in row[name].map { .init(name: name, value: $0) } }))
        }
        var ids: [String] = []
        for row in body["data"]?.array?.compactMap(\.object) ?? [] {
            let inputs = mapping["inputs"] == nil ? .object(row) : columns("inputs", row)
            let fields: JSONObject = ["inputs": inputs, "ground_truth": columns("ground_truth", row)]
            ids.append(try await addDatapoint(fields))
        }
        try await link(ids, to: dataset)
        return ["inserted": true, "datapoint_ids": .array(ids.map(JSONValue.string))]
    }

    private func link(_ ids: [String], to dataset: String) async throws {
        guard var stored = try await archive.document(.dataset, dataset) else { return }
        stored.fields["datapoints"] = .array((stored.fields["datapoints"]?.array ?? []) + ids.map(JSONValue.string))
        try await database.put(stored, .dataset)
    }

    private static func dataset(_ stored: StoredDocument) -> JSONValue {
        var fields = stored.fields
        fields["id"] = .string(stored.id)
        if fields["name"]?.string == nil { fields["name"] = .string(stored.id) }
        if fields["datapoints"]?.array == nil { fields["datapoints"] = [] }
        return .object(fields)
    }

    private static func datapoint(_ stored: StoredDocument) -> JSONValue {
        var fields = stored.fields
        fields["id"] = .string(stored.id)
        let empty: [(String, JSONValue)] = [("inputs", [:]), ("history", []), ("ground_truth", [:]), ("metadata", [:])]
        for (name, value) in empty where fields[name] == nil || fields[name] == .null { fields[name] = value }
        if fields["linked_event"] == nil { fields["linked_event"] = .null }
        return .object(fields)
    }
}

// MARK: - Events

extension ExperimentRoutes {
    /// Lists the events that fulfil all filters, a page of them.
    private func events(_ body: JSONObject) async throws -> JSONValue {
        var filters: [EventFilter] = []
        for filter in body["filters"]?.array ?? [] { filters.append(try EventFilter(filter)) }
        let limit = min(max(body["limit"]?.number?.int64.map { Int($0) } ?? 1_000, 1), Self.eventLimitCount)
        let page = max(body["page"]?.number?.int64.map { Int($0) } ?? 1, 1)
        let named = filters.first { $0.field == "session_id" && $0.condition == "is" }?.value.plainText
        let sessions: [String] = if let named { [named] } else { try await archive.sessionIDs().reversed() }
        var events: [JSONValue] = []
        var count = 0
        let shown = ((page - 1) * limit)..<(page * limit)
        for id in sessions {
            guard let session = try await archive.session(id) else { continue }
            let spans = try await archive.spans(of: session.id).map {
                HoneyHiveEvent($0.normal, session: session.id).json
            }
            for event in [HoneyHiveEvent(session: session).json] + spans where filters.allSatisfy({ $0.matches(event) })
            {
                if shown.contains(count) { events.append(.object(event)) }
                count += 1
            }
        }
        let total: JSONValue = .number(JSONNumber(count))
        return ["events": .array(events), "totalEvents": total, "count": total]
    }
}
