import FoundationEssentials
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

    @Test("Payloads are someone's data: nothing is recorded unless it is asked for", arguments: ["", "false", "0"])
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

    @Test("Numbers have the type that they are written with, and a lone surrogate is U+FFFD")
    func exact() async throws {
        let event = #"{"temperature": 1.0, "n": 1, "id": 9223372036854775815, "text": "cut \ud83d"}"#
        let attributes = try await rootAttributes(event, [.capturePayload: "true"])
        for prefix in ["honeyhive_inputs.event", "honeyhive_outputs.output"] {
            #expect(attributes["\(prefix).temperature"] == 1.0)
            #expect(attributes["\(prefix).n"] == 1)
            #expect(attributes["\(prefix).id"] == "9223372036854775815")
            #expect(attributes["\(prefix).text"] == "cut \u{FFFD}")
        }
    }

    @Test(
        "A payload in base64 is recorded as its size, wherever its envelope stands",
        arguments: [
            (#"{"body": "czNjcjN0", "isBase64Encoded": true}"#, "body", "6 bytes"),
            (#"{"body": "czNjcjN0", "is_base64_encoded": true}"#, "body", "6 bytes"),
            (#"{"body": "s3cr3t?", "isBase64Encoded": true}"#, "body", "7 bytes"),
            (#"{"body": "plain", "isBase64Encoded": false}"#, "body", "plain"),
            (
                #"{"Records": [{"kinesis": {"partitionKey": "p", "sequenceNumber": "1", "data": "czNjcjN0"}}]}"#,
                "Records.0.kinesis.data", "6 bytes"
            ),
            (#"[{"partitionKey": "p", "sequenceNumber": "1", "data": "czNjcjN0"}]"#, "0.data", "6 bytes"),
            (
                #"{"records": {"t-0": [{"topic": "t", "partition": 0, "offset": 1, "key": "azE=", "value": "czNjcjN0"}]}}"#,
                "records.t-0.0.value", "6 bytes"
            ),
            (#"[{"topic": "t", "partition": 0, "offset": 1, "key": "czNjcjN0", "value": null}]"#, "0.key", "6 bytes"),
            (#"{"messages": [{"messageID": "m", "data": "czNjcjN0"}]}"#, "messages.0.data", "6 bytes"),
            (
                #"{"rmqMessagesByQueue": {"q": [{"basicProperties": {}, "data": "czNjcjN0"}]}}"#,
                "rmqMessagesByQueue.q.0.data", "6 bytes"
            ),
            (#"{"records": [{"recordId": "1", "data": "czNjcjN0"}]}"#, "records.0.data", "6 bytes"),
            (#"{"awslogs": {"data": "czNjcjN0"}}"#, "awslogs.data", "6 bytes"),
            (#"{"a": {"dataType": "Binary", "binaryValue": "czNjcjN0"}}"#, "a.binaryValue", "6 bytes"),
            (#"{"data": "plain", "key": "k", "value": "v"}"#, "data", "plain"),
        ]
    )
    func base64(event: String, path: String, expected: String) async throws {
        let attributes = try await rootAttributes(event, [.capturePayload: "true"])
        #expect(attributes["honeyhive_inputs.event.\(path)"] == .string(expected))
        #expect(attributes["honeyhive_outputs.output.\(path)"] == .string(expected))
        #expect(!attributes.entries.contains { $0.value == "czNjcjN0" })
    }

    @Test("The output's numbers and dates have the types of the program, unless the handler encodes it itself")
    func outputTypes() async throws {
        struct Reply: Encodable, Sendable {
            var score = 1.0
            var count = 1
            var at = Date(timeIntervalSince1970: 1_767_225_600)
        }
        struct Scorer: TracedHandler {
            func handle(_ event: [UInt8], context: InvocationContext) async throws -> Reply { Reply() }
        }
        struct OwnEncoding: TracedHandler {
            func handle(_ event: [UInt8], context: InvocationContext) async throws -> Reply { Reply() }
            static func encode(_ output: Reply) -> [UInt8] { Array(#"{"score": 1, "count": 1, "at": 0}"#.utf8) }
        }
        let exact = try await rootAttributes("{}", [.capturePayload: "true"], of: Scorer()).attributes
        #expect(exact["honeyhive_outputs.output.score"] == 1.0)
        #expect(exact["honeyhive_outputs.output.count"] == 1)
        #expect(exact["honeyhive_outputs.output.at"] == "2026-01-01T00:00:00Z")
        let own = try await rootAttributes("{}", [.capturePayload: "true"], of: OwnEncoding()).attributes
        #expect(own["honeyhive_outputs.output.score"] == 1)
        #expect(own["honeyhive_outputs.output.at"] == 0)
    }

    private func rootAttributes(_ event: String, _ environment: Environment) async throws -> AttributeList {
        let (attributes, result) = try await rootAttributes(event, environment, of: Echo())
        #expect(result == Array(event.utf8))
        return attributes
    }

    private func rootAttributes(
        _ event: String,
        _ environment: Environment,
        of handler: some TracedHandler
    ) async throws -> (attributes: AttributeList, result: [UInt8]) {
        let roots = Roots()
        let invocation = InProcessInvocation(
            configuration: TracingConfiguration(),
            environment: environment,
            recorder: roots,
            clock: ManualClock().traceClock,
            ids: .system
        )
        let outcome = await invocation.run(
            handler,
            body: Array(event.utf8),
            headers: [("Lambda-Runtime-Aws-Request-Id", "id-1")],
            isColdStart: true,
            flushHandler: { FlushReport() }
        )
        return (try #require(roots.last).attributes, try #require(outcome).result.get())
    }
}
