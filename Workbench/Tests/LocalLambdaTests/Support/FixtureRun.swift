import FoundationEssentials
import TestSupport

@testable import LocalLambda

/// A run of the Python fixture function.
struct FixtureRun {
    let behaviour: String
    var sessionID: String? = TestSpan.session
    // A long limit, because Python may need seconds to start on a busy machine.
    var timeout = Duration.seconds(60)
    var initTimeout = Duration.seconds(60)
    var inherited: [String: String] = [:]
    var overrides: [String: String] = [:]
    let logs = CapturedLogs()

    func report() async throws -> RunReport {
        let command = ["python3", FunctionFixture.path, behaviour]
        let environment = ProcessInfo.processInfo.environment.merging(inherited) { $1 }
        let run = LocalRun(
            command: command,
            event: try FunctionEvent(given: nil, sessionID: sessionID) { "new" },
            settings: FunctionSettings(
                function: FunctionIdentity(
                    executable: "python3",
                    name: "Fixture",
                    workingDirectory: "/",
                    environment: [:]
                ),
                timeout: timeout,
                initTimeout: initTimeout,
                logFormat: .text,
                inheritedEnvironment: environment,
                environmentOverrides: overrides
            )
        )
        return try await run.report(logs: logs)
    }
}
