import Synchronization
import Testing
import Tracing
import WireText

@testable import SessionTracing

/// Puts a secret into every function that takes a text, and looks for it in all that leaves the process.
@Suite("A secret in any call")
struct MarkerSecretTests {
    /// Stands within each form of a secret.
    private static let marker = "m4rk3r-s3cr3t-0123456789"

    /// Texts that hold the marker in the forms that are recognised by themselves.
    private static let texts = [
        "Bearer \(marker)", #"{"password":"\#(marker)","q":1}"#, "access_token=\(marker)&x=1",
        "https://user:\(marker)@example.com/", "login failed, password: \(marker)", "sk-\(marker)",
    ]

    struct Call: Sendable, CustomTestStringConvertible {
        let name: String
        let run: @Sendable (InvocationTracer, TracedSpan, String) async throws -> Void
        var testDescription: String { name }
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Each field of HoneyHive, as a text, nested, and under the name of a secret.
    private static func members(_ text: String) -> [String: AttributeValue] {
        ["k": .string(text), "nested": ["list": [.string(text)]], "api_key": .string(marker)]
    }

    private static let calls = [
        Call(name: "enrich") { _, span, text in
            let members = members(text)
            span.enrich(
                inputs: members,
                outputs: members,
                metadata: members,
                metrics: members,
                config: members,
                userProperties: members,
                error: text,
                feedback: members
            )
        },
        Call(name: "enrichSpan") { tracer, _, text in
            tracer.enrichSpan(inputs: members(text), outputs: members(text), metadata: members(text), error: text)
        },
        Call(name: "enrichSpanContext") { tracer, _, text in
            try await tracer.enrichSpanContext(
                eventName: text,
                inputs: members(text),
                outputs: members(text),
                error: text
            ) { _ in throw Failure(description: text) }
        },
        Call(name: "enrichSession") { tracer, _, text in
            let members = members(text)
            tracer.enrichSession(
                metadata: members,
                feedback: members,
                metrics: members,
                outputs: members,
                config: members,
                userProperties: members
            )
        },
        Call(name: "setAttribute") { _, span, text in
            span.setAttribute("k", to: .string(text))
            span.setAttribute("list", to: [.string(text)])
            span.setAttribute("map", to: .dictionary(members(text)))
            span.setAttribute("honeyhive_inputs.headers.authorization", to: .string(marker))
        },
        Call(name: "attributes") { _, span, text in
            span.attributes["k"] = text
            span.attributes["password"] = marker
            span.updateAttributes { $0["list"] = [text] }
        },
        Call(name: "operationName") { _, span, text in span.operationName = text },
        Call(name: "addEvent") { _, span, text in
            span.addEvent(SpanEvent(name: text, attributes: ["k": .string(text), "token": .string(marker)]))
        },
        Call(name: "addLink") { tracer, span, text in
            span.addLink(SpanLink(context: span.context, attributes: ["k": .string(text), "secret": .string(marker)]))
        },
        Call(name: "recordError") { _, span, text in
            span.recordError(Failure(description: text), attributes: ["k": .string(text), "jwt": .string(marker)])
        },
        Call(name: "setStatus") { _, span, text in span.setStatus(SpanStatus(code: .error, message: text)) },
        Call(name: "withSpan") { _, _, text in
            try TaskLocalTracer().withSpan(text) { _ in throw Failure(description: text) }
        },
        Call(name: "withDistributedTraceContext") { tracer, _, text in
            let item = PercentEncoding.encode(text)
            let headers = ["baggage": "k=\(item),api_key=\(marker),session_id=\(item),run_id=\(item)"]
            await tracer.withDistributedTraceContext(headers) { tracer in
                await tracer.enrichSpanContext(eventName: "step") { _ in }
            }
        },
        Call(name: "withRecord") { tracer, _, text in
            var baggage = Baggage()
            baggage.set("k", to: text)
            try await tracer.withRecord(session: tracer.session, parent: nil, baggage: baggage, id: text) { _ in
                throw Failure(description: text)
            }
        },
        Call(name: "withModelCall") { tracer, _, text in
            let message = ModelCall.Message(role: "user", content: text)
            let call = ModelCall(
                .chat,
                provider: text,
                model: text,
                messages: [message],
                settings: members(text),
                tools: [ModelCall.Tool(name: text, description: text, parameters: .string(text))]
            )
            try await tracer.withModelCall(call, eventName: text) { recorder in
                recorder.record(ModelResponse(id: text, model: text, choices: [message], finishReasons: [text]))
                throw Failure(description: text)
            }
        },
        Call(name: "withToolCall") { tracer, _, text in
            let call = ModelCall.ToolCall(id: text, name: text, arguments: .dictionary(members(text)))
            _ = await tracer.withToolCall(call, description: text, eventName: text) { _ in text }
        },
        Call(name: "withAgent") { tracer, _, text in
            let messages = [ModelCall.Message(role: "user", content: text)]
            try await tracer.withAgent(text, id: text, description: text, provider: text, messages: messages) { _ in
                throw Failure(description: text)
            }
        },
        Call(name: "failOpenSpans") { tracer, _, text in tracer.failOpenSpans(type: "timeout", message: text) },
    ]

    @Test("leaves neither in a request nor in the journal", arguments: calls)
    func everyCall(call: Call) async throws {
        for text in Self.texts {
            for format in [SpanFormat.honeyHiveJSON, .json, .protobuf] {
                let output = try await output(of: call, text, format)
                #expect(!output.isEmpty)
                #expect(!output.contains(Self.marker), "\(format): \(text)")
            }
        }
    }

    /// Runs a call in an invocation; returns all that is sent and all that is stored, as one text.
    private func output(of call: Call, _ text: String, _ format: SpanFormat) async throws -> String {
        let journal = RecordingJournal()
        let encoder = SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "1")
        let buffer = SpanBuffer(encoder: encoder, journal: journal)
        let tracer = InvocationTracer(
            requestID: "request-1",
            session: Session(
                id: try #require(SessionID("12345678-1234-1234-1234-123456789abc")),
                origin: .event,
                name: "a session",
                project: nil,
                source: "test"
            ),
            parent: nil,
            recorder: buffer
        )
        let root = tracer.startRootSpan("root", kind: .server, parent: nil)
        try? await InstrumentationContext.$current.withValue(root.context) {
            try await call.run(tracer, root, text)
        }
        tracer.endRootSpan()
        var output: [UInt8] = []
        while let batch = buffer.takeBatch() { output += batch.bytes }
        for request in tracer.takeSessionRequests() { output += request.body }
        return String(decoding: output, as: UTF8.self) + journal.text
    }

    /// Keeps a description of all that is stored.
    private final class RecordingJournal: SpanJournaling {
        private let texts = Mutex<[String]>([])

        var text: String { texts.withLock { $0.joined() } }

        func start(_ span: SpanStart, in scope: JournalScope) { texts.withLock { $0.append("\(span) \(scope)") } }

        func store(
            _ span: SpanKey,
            endUnixNanoseconds: UInt64,
            bytes: borrowing OutputBytes,
            hasStarted: Bool
        ) -> UInt64? {
            let text = bytes.withBytes { String(decoding: $0, as: UTF8.self) }
            texts.withLock { $0.append(text) }
            return nil
        }

        func acknowledge(before sequenceNumber: UInt64?) {}

        func close(_ spans: [SpanKey]) {}
    }
}
