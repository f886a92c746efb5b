import TestSupport
import Testing

@testable import LocalLambda

@Suite("The end of a function's process", .serialized, .timeLimit(.minutes(5)))
struct ProcessEndTests {
    @Test("a function that runs out of time is killed, with everything it started")
    func timedOut() async throws {
        let exitPipe = try ExitPipe()
        let run = FixtureRun(
            behaviour: "hang",
            timeout: .seconds(3),
            overrides: ["LIFELINE": exitPipe.path]
        )
        let report = try await run.report()
        #expect(report.error?.message.hasSuffix("Task timed out after 3.00 seconds") == true)
        #expect(run.logs.lines.contains { $0.hasPrefix("child ") })
        #expect(exitPipe.isReleased())
    }

    @Test("a run that is cancelled ends its function, with everything that started")
    func cancelled() async throws {
        let exitPipe = try ExitPipe()
        let run = FixtureRun(behaviour: "hang", overrides: ["LIFELINE": exitPipe.path])
        let task = Task { try await run.report() }
        await run.logs.wait(forLineThatBegins: "child ")
        task.cancel()
        let error = await #expect(throws: LocalLambdaError.self) { try await task.value }
        #expect(error?.code == .interrupted)
        #expect(exitPipe.isReleased())
    }
}
