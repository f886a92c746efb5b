import Subprocess
import TestSupport
import Testing

@Suite("The end of an interrupted program", .serialized, .timeLimit(.minutes(5)))
struct InterruptionTests {
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
