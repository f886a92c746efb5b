import FoundationEssentials
import OTLP

/// Runs a function once, as Lambda would, and collects its spans.
package struct LocalRun: Sendable {
    let plan: RunPlan
    let logs: any LogSink

    /// Creates a run without starting it.
    ///
    /// - Parameters:
    ///   - plan: The configuration.
    ///   - logs: The sink of the function's output.
    package init(plan: RunPlan, logs: any LogSink) {
        self.plan = plan
        self.logs = logs
    }

    /// Starts the servers and the function, delivers the event, and stops everything.
    ///
    /// - Returns: The outcome, and all spans that arrived.
    /// - Throws: ``LocalLambdaError`` when the run is not possible. A function that fails does not throw; the report
    ///   contains the failure.
    package func report() async throws(LocalLambdaError) -> RunReport {
        do {
            let store = InMemoryTraceStore()
            return try await LoopbackServer.withServer(
                router: CollectorRoutes(store: store).router,
                registry: ConnectionRegistry()
            ) { port in
                let log = DeliveryLog(next: logs)
                let sandbox = Sandbox(command: plan.command, settings: plan.settings, collectorPort: port, logs: log)
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
        return RunReport(
            plan: plan,
            requestID: invocation.requestID,
            outcome: outcome,
            snapshot: store.snapshot(),
            deliveryWarnings: log.warnings
        )
    }
}
