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

    @Test("a process that has left its session and lost its parent is found by its environment")
    func orphan() async throws {
        let exitPipe = try ExitPipe()
        // The inner shell tells through a second pipe that it has its own session; its parent has ended by then.
        let script = """
            mkfifo "$PIPE.ready"
            (setsid sh -c 'echo >"$PIPE.ready"; exec sleep 600' 8>"$PIPE" >/dev/null 2>&1 &)
            read -r line <"$PIPE.ready"
            rm "$PIPE.ready"
            """
        let mark = "TEST_MARK=\(exitPipe.path)"
        let process = ChildProcess(
            command: ["sh", "-c", script],
            environment: ["PATH": "/usr/bin:/bin", "PIPE": exitPipe.path, "TEST_MARK": exitPipe.path],
            logs: CapturedLogs(),
            control: ProcessControl()
        )
        #expect(try await process.run() == .exited(0))
        #expect(!exitPipe.isReleased(limitMilliseconds: 0))

        ProcessTree.kill([], mark: mark + "0")
        #expect(!exitPipe.isReleased(limitMilliseconds: 0))

        ProcessTree.kill([], mark: mark)
        #expect(exitPipe.isReleased())
    }
}
