import SessionTracing
import Synchronization
import Testing

@testable import TracedLambda

@Suite("Recording the event and the output")
struct PayloadCaptureTests {
    struct Echo: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) async throws -> [UInt8] { event }
    }

    private final class Roots: SpanRecorder {
        private let spans = Mutex<[SpanRecord]>([])

        func append(_ span: SpanRecord) { spans.withLock { $0.append(span) } }
        var last: SpanRecord? { spans.withLock { $0.last } }
    }

    @Test("Payloads are someone's data: nothing is recorded unless it is asked for", arguments: ["", "false", "1"])
    func off(_ setting: String) async throws {
        let attributes = try await rootAttributes(#"{"a": "s3cr3t"}"#, [.capturePayload: setting])
        #expect(
            !attributes.entries.contains {
                $0.key.hasPrefix("honeyhive_inputs") || $0.key.hasPrefix("honeyhive_outputs")
            }
        )
    }

    @Test("When it is asked for, both stand on the root span as values, with secrets masked")
    func on() async throws {
        let event = #"{"question": "why", "list": [1, null, true], "headers": {"Authorization": "s3cr3t"}}"#
        let attributes = try await rootAttributes(event, [.capturePayload: "true"])
        for prefix in ["honeyhive_inputs.event", "honeyhive_outputs.output"] {
            #expect(attributes["\(prefix).question"] == "why")
            #expect(attributes["\(prefix).list.0"] == 1)
            #expect(attributes["\(prefix).list.2"] == true)
            #expect(attributes["\(prefix).headers.Authorization"] == .string(Redaction.mask))
        }
    }

    @Test(
        "What is no JSON, or too large, is recorded as its size",
        arguments: ["s3cr3t", String(repeating: "1", count: 65_537)]
    )
    func sizeAlone(_ event: String) async throws {
        let attributes = try await rootAttributes(event, [.capturePayload: "true"])
        for key in ["honeyhive_inputs.event", "honeyhive_outputs.output"] {
            #expect(attributes[key] == .string("\(event.utf8.count) bytes"))
        }
    }

    private func rootAttributes(_ event: String, _ environment: Environment) async throws -> AttributeList {
        let roots = Roots()
        let invocation = InProcessInvocation(
            configuration: TracingConfiguration(),
            environment: environment,
            recorder: roots,
            clock: ManualClock().traceClock,
            ids: .system
        )
        let outcome = await invocation.run(
            Echo(),
            body: Array(event.utf8),
            headers: [("Lambda-Runtime-Aws-Request-Id", "id-1")],
            isColdStart: true,
            flushHandler: { FlushReport() }
        )
        #expect(try #require(outcome).result.get() == Array(event.utf8))
        return try #require(roots.last).attributes
    }
}
