import TestSupport
import Testing

@testable import LocalLambda
@testable import OTLP

/// End-to-end tests with a function process that is independent of this package.
@Suite("A run of a function", .serialized, .timeLimit(.minutes(5)))
struct LocalRunTests {
    private func answer(_ report: RunReport) throws -> JSONObject {
        let response = try #require(report.response)
        return try #require(try JSONValue(parsing: response).object)
    }

    @Test("a function that delivers its spans before it answers is as it should be", arguments: ["answer", "gzip"])
    func answers(_ behaviour: String) async throws {
        let run = FixtureRun(behaviour: behaviour)
        let report = try await run.report()
        #expect(report.verdict == .ok)
        #expect(report.spans.map(\.span.name) == ["answer", "retrieve"])
        #expect(report.lateSpanCount == 0)
        #expect(report.outcome.echoedInvocationID)
        #expect(report.scope.id == TestSpan.session)
        #expect(report.spans.allSatisfy { report.scope.contains($0.span.span) })
        #expect(try answer(report)["event"] == ["session_id": .string(TestSpan.session)])
        #expect(run.logs.lines.contains("response: 202 {\"status\":\"OK\"}"))
        let text = report.lines(widthColumns: 100, usesColour: false)
        #expect(text.contains("2 spans, all delivered before the response."))
        #expect(text.contains("Session \(TestSpan.session)"))
    }

    @Test("a span that comes after the answer is late")
    func late() async throws {
        let report = try await FixtureRun(behaviour: "late").report()
        #expect(report.verdict == .ok)
        #expect(report.spans.filter(\.isLate).map(\.span.name) == ["retrieve"])
        let text = report.lines(widthColumns: 100, usesColour: false)
        #expect(text.contains("2 spans: 1 delivered before the response, 1 late."))
    }

    @Test("no span is not as it should be")
    func silent() async throws {
        let report = try await FixtureRun(behaviour: "silent").report()
        #expect(report.verdict == .noSpan)
        #expect(report.lines(widthColumns: 100, usesColour: false).contains("No span arrived."))
    }

    @Test("a span of another session is marked, and counted")
    func otherSession() async throws {
        let report = try await FixtureRun(behaviour: "other-session").report()
        let text = report.lines(widthColumns: 100, usesColour: false).joined(separator: "\n")
        #expect(text.contains("! in another session: 99999999-2222-4333-8444-000000000009"))
        #expect(text.contains("! 1 of 2 spans are not in this session"))
        let spans = try #require(report.json.object?["spans"]?.array)
        #expect(spans.map { $0.object?["inSession"] } == [true, false])
    }

    @Test("an id that the function derived from the caller's is shown with it")
    func derivedSession() async throws {
        let report = try await FixtureRun(behaviour: "derived-session", sessionID: "conversation-42").report()
        #expect(report.scope.origin == .derived(from: "conversation-42"))
        #expect(report.spans.allSatisfy { report.scope.contains($0.span.span) })
    }

    @Test(
        "a function that fails is reported in Lambda's words",
        arguments: [
            ("fail", "Function.NotFound", "no such document"),
            ("fail-init", "Runtime.NoConfiguration", "no configuration"),
            ("crash", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
            ("exit", "Runtime.ExitError", "Runtime exited without providing a reason"),
            ("segfault", "Runtime.ExitError", "Runtime exited with error: signal: segmentation fault"),
            ("oversized", "Function.ResponseSizeTooLarge", "(6291556 bytes)"),
            ("streaming-error", "Function.Broken", "half way"),
        ]
    )
    func failures(_ behaviour: String, _ type: String, _ message: String) async throws {
        let report = try await FixtureRun(behaviour: behaviour).report()
        #expect(report.verdict == .functionFailed)
        #expect(report.error?.type == type)
        #expect(report.error?.message.contains(message) == true, "\(report.error?.message ?? "")")
        #expect(report.json.object?["error"]?.object?["errorType"]?.string == type)
    }

    @Test("a response over the limit gets 413, and an error after it 403")
    func oversized() async throws {
        let run = FixtureRun(behaviour: "oversized")
        _ = try await run.report()
        #expect(run.logs.lines.contains { $0.hasPrefix("response: 413 ") })
        #expect(run.logs.lines.contains { $0.hasPrefix("error: 403 ") })
    }

    @Test("a streamed response is put together")
    func streamed() async throws {
        #expect(try answer(try await FixtureRun(behaviour: "streaming").report())["answer"] == 42)
    }

    @Test("a process that never asks for an event is killed")
    func neverAsks() async throws {
        let report = try await FixtureRun(behaviour: "never-asks", initTimeout: .milliseconds(300)).report()
        #expect(report.error?.message.hasPrefix("Init timed out after 0.30 seconds") == true)
    }

    @Test("an internal extension is registered, and SIGTERM reaches the function")
    func internalExtension() async throws {
        let report = try await FixtureRun(behaviour: "internal-extension").report()
        #expect(try JSONValue.object(answer(report)) == ["register": 200, "unknown": 403])
        #expect(report.spans.filter(\.isLate).map(\.span.name) == ["goodbye"])
    }

    @Test("the function finds Lambda's environment and headers, and no way to elsewhere")
    func environment() async throws {
        let inherited = ["HH_API_KEY": "real", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://elsewhere"]
        let answer = try answer(try await FixtureRun(behaviour: "environment", inherited: inherited).report())
        let environment = try #require(answer["environment"]?.object)
        #expect(environment["AWS_LAMBDA_FUNCTION_NAME"] == "Fixture")
        #expect(environment["HH_API_KEY"] == .string(FunctionSettings.placeholderAPIKey))
        #expect(environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == nil)
        let headers = try #require(answer["headers"]?.object)
        #expect(headers["Lambda-Runtime-Invoked-Function-Arn"]?.string?.hasSuffix(":function:Fixture") == true)
        #expect(headers["Lambda-Runtime-Trace-Id"]?.string?.hasSuffix(";Sampled=1") == true)
        #expect(headers["Lambda-Runtime-Deadline-Ms"] != nil)
    }

    @Test("a command that does not exist is an error of the run")
    func noCommand() async throws {
        let identity = FunctionIdentity(executable: "./none", name: "None", workingDirectory: "/", environment: [:])
        let run = LocalRun(
            command: ["./none"],
            event: try FunctionEvent(given: nil, sessionID: "s") { "" },
            settings: FunctionSettings(
                function: identity,
                timeout: .seconds(1),
                initTimeout: .seconds(1),
                logFormat: .json,
                inheritedEnvironment: [:],
                environmentOverrides: [:]
            )
        )
        let error = await #expect(throws: LocalLambdaError.self) {
            try await run.report(logs: CapturedLogs())
        }
        #expect(error?.code == .cannotStart)
    }
}
