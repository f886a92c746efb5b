import DevServer
import RuntimeAPI
import Subprocess
import Testing

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
        let error = await #expect(throws: DevServerError.self) { try await task.value }
        #expect(error?.code == .interrupted)
        #expect(exitPipe.isReleased())
    }

    @Test(
        "a program that is interrupted ends its function, and says so in its exit status",
        arguments: [(Signal.interrupt, 130), (Signal.terminate, 143), (Signal.terminalClosed, 129)] as [(Signal, Int32)]
    )
    func interrupted(_ signal: Signal, _ status: Int32) async throws {
        let exitPipe = try ExitPipe()
        let result = try await Subprocess.run(
            try Program.path,
            arguments: Arguments(Program.fixtureArguments("hang", options: ["--env", "LIFELINE=\(exitPipe.path)"])),
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            for try await line in execution.standardError.strings() where line.contains("child ") {
                try execution.send(signal: signal)
            }
        }
        #expect(result.terminationStatus == .exited(status))
        #expect(exitPipe.isReleased())
    }
}
