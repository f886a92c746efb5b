import FoundationEssentials
import OTLP

/// A function whose process the user starts, such as a debugger: it has a Runtime API, and no process of this program.
///
/// One event is delivered at a time, without a time limit; further ones wait. The process may be started again at any time.
final class AttachedFunction: InvocableFunction {
    private let settings: FunctionSettings
    private let runtime = LocalRuntimeAPI(initTimeout: .seconds(FunctionSettings.noTimeoutSeconds), isAttached: true)
    private let observe: @Sendable (EndedInvocation) async -> Void

    init(settings: FunctionSettings, observe: @escaping @Sendable (EndedInvocation) async -> Void) {
        self.settings = settings
        self.observe = observe
    }

    var name: String { settings.function.name }

    var arn: String { settings.function.arn }

    /// Serves the Runtime API until the task is cancelled.
    ///
    /// `port`: The port; 0 for one that the system chooses.
    /// `whenServed`: Called with the variables that the process needs.
    /// Throws ``LoopbackError`` when it cannot listen.
    func serve(
        port: Int,
        _ ports: LocalPorts,
        whenServed: @escaping @Sendable ([String: String]) -> Void
    ) async throws {
        let connections = ConnectionRegistry(timeouts: .runtime)
        let routes = RuntimeRoutes(runtime: runtime, registry: connections, functionName: name)
        defer { runtime.processEnded("the server ended") }
        try await LoopbackServer.withServer(
            router: routes.router,
            registry: connections,
            port: port,
            option: "--runtime-port"
        ) { port in
            whenServed(settings.variables(runtimePort: port, ports: ports, date: Date()))
            while true { try await Task.sleep(for: .seconds(86_400)) }
        }
    }

    func invoke(_ request: InvocationRequest, into pipe: ResponsePipe?) async throws(InvokeError) -> InvocationReport {
        let invocation = Invocation(
            requestID: request.requestID,
            event: request.event,
            timeout: settings.timeout,
            functionARN: arn,
            traceID: request.traceID,
            clientContext: request.clientContext,
            tenantID: request.tenantID
        )
        // An unstructured task, because the invocation continues after its caller has disconnected, as on Lambda.
        return await Task {
            let outcome = await runtime.invoke(invocation, into: pipe)
            let summary = InvocationSummary(request, outcome, settings, memory: nil, initDuration: nil)
            let notice = Array("The function's log is where its process was started.".utf8)
            await observe(EndedInvocation(request, summary, buildNumber: 1) { notice })
            return InvocationReport(result: summary.result, log: request.wantsLog ? notice : [])
        }.value
    }
}
