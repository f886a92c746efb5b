import Collector
import FoundationEssentials
import LoopbackHTTP
import RuntimeAPI
import TraceModel

/// Runs a function once as Lambda would, and looks at what it sends.
package struct LocalRun: Sendable {
    /// The time between the function's response and its next `/next` that is waited for, so that it is ended at rest.
    package static let idleGraceMilliseconds = 500

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
            return try await withServers()
        } catch let error as DevServerError {
            throw Task.isCancelled ? DevServerError(.interrupted, "interrupted") : error
        } catch {
            throw DevServerError(Task.isCancelled ? .interrupted : .cannotListen, "\(error)")
        }
    }

    private func withServers() async throws -> RunReport {
        let store = InMemoryTraceStore()
        let runtime = LocalRuntimeAPI(initTimeout: plan.initTimeout)
        return try await LoopbackServer.withServer(
            router: CollectorRoutes(store: store).router,
            registry: ConnectionRegistry()
        ) { collectorPort in
            let connections = ConnectionRegistry()
            let routes = RuntimeRoutes(runtime: runtime, registry: connections, functionName: plan.function.name)
            return try await LoopbackServer.withServer(
                router: routes.router,
                registry: connections
            ) { runtimePort in
                let environment = FunctionEnvironment(
                    function: plan.function,
                    runtimePort: runtimePort,
                    collectorPort: collectorPort,
                    logFormat: plan.logFormat
                )
                return try await invoke(runtime, environment, store)
            }
        }
    }

    private func invoke(
        _ runtime: LocalRuntimeAPI,
        _ environment: FunctionEnvironment,
        _ store: InMemoryTraceStore
    ) async throws -> RunReport {
        let invocation = makeInvocation()
        let control = ProcessControl()
        let process = FunctionProcess(
            command: plan.command,
            environment: environment.variables(
                inherited: plan.inheritedEnvironment,
                overrides: plan.environmentOverrides,
                date: Date()
            ),
            logs: logs,
            control: control
        )
        let outcome = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(DevServerError) {
                    runtime.processEnded(try await process.run().text)
                } catch {
                    runtime.processEnded(error.reason)
                    throw error
                }
            }
            let outcome = await runtime.invoke(invocation)
            await end(control, runtime, after: outcome.ending)
            try await group.waitForAll()
            try Task.checkCancellation()
            return outcome
        }
        return RunReport(plan: plan, requestID: invocation.requestID, outcome: outcome, snapshot: store.snapshot())
    }

    /// Ends the process: a function that answered gets to its next `/next` first, one that ran out of time is killed.
    private func end(
        _ control: ProcessControl,
        _ runtime: LocalRuntimeAPI,
        after ending: InvocationOutcome.Ending
    ) async {
        switch ending {
        case .timedOut, .initTimedOut, .processEnded: control.kill()
        case .response, .functionError, .responseTooLarge, .initError:
            await runtime.waitUntilIdle(for: .milliseconds(Self.idleGraceMilliseconds))
            control.stop()
        }
    }

    private func makeInvocation() -> Invocation {
        Invocation(
            requestID: UUID().uuidString.lowercased(),
            invocationID: UUID().uuidString.lowercased(),
            event: plan.event.bytes,
            timeout: plan.timeout,
            functionARN: plan.function.arn,
            traceID: Self.makeXRayHeader(),
            clientContext: nil,
            cognitoIdentity: nil,
            tenantID: nil
        )
    }

    /// A trace header as X-Ray makes it: the root's middle part is the time in seconds
    /// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
    private static func makeXRayHeader() -> String {
        let digits = UUID().uuidString.lowercased().replacing("-", with: "")
        let parent = UUID().uuidString.lowercased().replacing("-", with: "").suffix(16)
        let time = String(UInt32(clamping: Int64(Date().timeIntervalSince1970)), radix: 16)
        return "Root=1-\(time)-\(digits.prefix(24));Parent=\(parent);Sampled=1"
    }
}
