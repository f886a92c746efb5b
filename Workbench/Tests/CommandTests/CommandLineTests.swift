import Subprocess
import TestSupport
import Testing

@testable import OTLP

/// Runs the built program.
@Suite("The command line", .serialized, .timeLimit(.minutes(5)))
struct CommandLineTests {
    @Test(
        "the exit status says how the function did",
        arguments: [("answer", 0), ("fail", 1), ("crash", 1), ("silent", 2)] as [(String, Int32)]
    )
    func exitStatus(_ behaviour: String, _ status: Int32) async throws {
        let result = try await Program.run(Program.fixtureArguments(behaviour))
        #expect(result.status == .exited(status), "\(result.error)")
    }

    @Test("the report is on standard output, and the function's own output on standard error")
    func streams() async throws {
        let result = try await Program.run(
            Program.fixtureArguments(
                "answer",
                options: ["--event", #"{"question":"why?"}"#, "--session-id", TestSpan.session, "--name", "Fixture"]
            )
        )
        #expect(result.output.contains("└─ answer  chain"))
        #expect(result.output.contains(#""question": "why?""#))
        #expect(result.error.contains("Fixture │ response: 202"))
        #expect(!result.output.contains("│ response:"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test("--json prints one JSON object")
    func json() async throws {
        let result = try await Program.run(Program.fixtureArguments("answer", options: ["--json"]))
        let report = try #require(try JSONValue(parsing: result.output).object)
        #expect(report["response"]?.object?["answer"] == 42)
        #expect(report["error"] == .some(.null))
        #expect(report["sessionId"]?.string?.count == 36)
        let span = try #require(report["spans"]?.array?.first?.object)
        #expect(span["name"] == "answer")
        #expect(span["inputs"] == ["query": "why?"])
        #expect(span["late"] == false)
    }

    @Test(
        "a wrong command line is named, with status 64",
        arguments: [
            (["--event", "{", "--", "true"], "--event: the event is not JSON"),
            (["--event-file", "/none", "--", "true"], "--event-file: cannot read '/none'"),
            (["--event", "[]", "--session-id", "x", "--", "true"], "--session-id needs an event"),
            (["--event", "{}", "--event-file", "/none", "--", "true"], "not both"),
            (["--timeout", "0", "--", "true"], "--timeout"),
            (["--init-timeout", "nan", "--", "true"], "--init-timeout"), (["--name", "a b", "--", "true"], "--name"),
            (["--env", "=x", "--", "true"], "--env"), ([], "after '--'"),
        ]
    )
    func usage(_ arguments: [String], _ message: String) async throws {
        let result = try await Program.run(["run"] + arguments)
        #expect(result.status == .exited(64))
        #expect(result.error.contains(message), "\(result.error)")
    }
}
