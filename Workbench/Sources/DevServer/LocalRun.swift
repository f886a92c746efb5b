import Collector
import FoundationEssentials
import LoopbackHTTP
import RuntimeAPI
import TraceModel

/// Runs a function once as Lambda would, and looks at what it sends.
package struct LocalRun: Sendable {
    let plan: RunPlan
    let logs: any LogSink

    /// Makes a run that is not started yet.
    ///
    /// - Parameters:
    ///   - plan: What to run.
    ///   - logs: Where the function's output goes.
    package init(plan: RunPlan, logs: any LogSink) {
        self.plan = plan
        self.logs = logs
    }

    /// Starts the servers and the function, feeds it the event, and ends it all.
    ///
    /// - Returns: What became of the event, and every span that came.
    /// - Throws: ``DevServerError`` when the run could not be made. A function that fails is no error: the report says so.
    package func report() async throws(DevServerError) -> RunReport {
        do {
            let store = InMemoryTraceStore()
            return try await LoopbackServer.withServer(
                router: CollectorRoutes(store: store).router,
                registry: ConnectionRegistry()
            ) { port in
                try await invoke(
                    Sandbox(command: plan.command, settings: plan.settings, collectorPort: port, logs: logs),
                    store
                )
            }
        } catch let error as DevServerError {
            throw Task.isCancelled ? DevServerError(.interrupted, "interrupted") : error
        } catch {
            throw DevServerError(Task.isCancelled ? .interrupted : .cannotListen, "\(error)")
        }
    }

    private func invoke(_ sandbox: Sandbox, _ store: InMemoryTraceStore) async throws -> RunReport {
        let invocation = Invocation(
            event: plan.event.bytes,
            timeout: plan.settings.timeout,
            functionARN: plan.settings.function.arn
        )
        let outcome = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            let outcome = await sandbox.runtime.invoke(invocation)
            await sandbox.end(after: outcome.ending)
            try await group.waitForAll()
            try Task.checkCancellation()
            return outcome
        }
        return RunReport(plan: plan, requestID: invocation.requestID, outcome: outcome, snapshot: store.snapshot())
    }
}
