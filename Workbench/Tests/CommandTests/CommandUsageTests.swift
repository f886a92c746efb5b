import Subprocess
import Testing

@testable import OTLP

/// Runs the built program's other commands in ways that need neither a server nor a function.
@Suite("The command lines of the other commands", .serialized, .timeLimit(.minutes(5)))
struct CommandUsageTests {
    @Test(
        "what is wrong is named, with status 64",
        arguments: [
            (["dev", "--package-path", "/none"], "there is no Package.swift in '/none'"),
            (["dev", "--bootstrap", "a b=/x"], "--bootstrap"), (["dev", "--bootstrap", "a"], "--bootstrap"),
            (["dev", "--bootstrap", "a=/x", "--port", "65536"], "--port"),
            (["dev", "--bootstrap", "a=/x", "--memory", "127"], "--memory"),
            (["dev", "--bootstrap", "a=/x", "--max-concurrency", "0"], "--max-concurrency"),
            (["dev", "--bootstrap", "a=/x", "--timeout", "901"], "--timeout"),
            (["invoke", "a", "--data", "{"], "--data"), (["invoke", "a", "--data", "@/none"], "--data"),
            (["invoke", "a", "--trigger", "pigeon"], "--trigger"),
            (["invoke", "a", "--data", "[]", "--session-id", "s"], "a JSON object"),
            (["deploy", "a"], "--role"), (["deploy", "a", "--role", "r"], "ARN"),
            (["deploy", "a b", "--role", "arn:r"], "NAME"),
            (["deploy", "a", "--role", "arn:r", "--timeout", "0"], "--timeout"),
            (["deploy", "a", "--role", "arn:r", "--package-path", "/none"], "traced-lambda package a"),
            (["new", "1"], "NAME"), (["new", "a", "--local", "/none", "--url", "u"], "not both"),
            (["new", "a", "--local", "/none"], "--local"),
        ]
    )
    func usage(_ arguments: [String], _ message: String) async throws {
        let result = try await Program.run(arguments)
        #expect(result.status == .exited(64))
        #expect(result.error.contains(message), "\(result.error)")
    }

    @Test("an event can be looked at before it is sent")
    func dryRun() async throws {
        let result = try await Program.run(["invoke", "a", "--trigger", "sns", "--session-id", "s", "--dry-run"])
        #expect(result.status == .exited(0))
        let records = try JSONValue(parsing: result.output).object?["Records"]?.array
        #expect(records?.first?.object?["EventSource"] == "aws:sns")
    }

    @Test("where nothing listens is told, with status 69")
    func nothingListens() async throws {
        // Port 1 is privileged, and no current system runs a service on it.
        let result = try await Program.run(["invoke", "a", "--port", "1"])
        #expect(result.status == .exited(69))
        #expect(result.error.contains("nothing listens on port 1"))
    }
}
