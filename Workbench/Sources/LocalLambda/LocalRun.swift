import FoundationEssentials
import OTLP

/// Runs a function once, as Lambda would, and collects its spans.
package struct LocalRun: Sendable {
    /// The executable and its arguments.
    let command: [String]
    let event: FunctionEvent
    package let settings: FunctionSettings

    /// Creates a run without starting it.
    package init(command: [String], event: FunctionEvent, settings: FunctionSettings) {
        self.command = command
        self.event = event
        self.settings = settings
    }

    /// Starts the servers and the function, delivers the event, and stops everything.
    ///
    /// - Returns: The outcome, and all spans that arrived.
    /// - Throws: ``LocalLambdaError`` when the run is not possible. A function that fails does not throw; the report
    ///   contains the failure.
    package func report(logs: any LogSink) async throws(LocalLambdaError) -> RunReport {
        do {
            let store = InMemoryTraceStore()
            return try await LoopbackServer.withServer(
                router: CollectorRoutes(store: store).router,
                registry: ConnectionRegistry(timeouts: .deliveries)
            ) { port in
                let log = DeliveryLog(next: logs)
                let ports = LocalPorts(collector: port, invoke: port)
                let sandbox = Sandbox(command: command, settings: settings, ports: ports, logs: log)
                return try await invoke(sandbox, store, log)
            }
        } catch let error as LocalLambdaError {
            throw Task.isCancelled ? LocalLambdaError(.interrupted, "interrupted") : error
        } catch {
            throw LocalLambdaError(Task.isCancelled ? .interrupted : .cannotListen, "\(error)")
        }
    }

    private func invoke(
        _ sandbox: Sandbox,
        _ store: InMemoryTraceStore,
        _ log: DeliveryLog
    ) async throws -> RunReport {
        let invocation = Invocation(
            event: event.bytes,
            timeout: settings.timeout,
            functionARN: settings.function.arn
        )
        let outcome = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            let outcome = await sandbox.runtime.invoke(invocation)
            await sandbox.end(after: outcome.ending)
            try await group.waitForAll()
            try Task.checkCancellation()
            return outcome
        }
        return RunReport(
            of: self,
            requestID: invocation.requestID,
            outcome: outcome,
            snapshot: store.snapshot(),
            deliveryWarnings: log.warnings
        )
    }
}

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
