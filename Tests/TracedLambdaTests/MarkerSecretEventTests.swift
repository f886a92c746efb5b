import Foundation
import SessionTracing
import Synchronization
import Testing

@testable import TracedLambda

/// Puts a secret into every text of every trigger's event, and looks for it in the spans.
@Suite("A secret in any event")
struct MarkerSecretEventTests {
    private static let marker = "m4rk3r-s3cr3t-0123456789"

    private static let texts = [
        "Bearer \(marker)", #"{"password":"\#(marker)","q":1}"#, "access_token=\(marker)&x=1",
        "https://user:\(marker)@example.com/",
        // Base64, as in the records of Kinesis and Kafka.
        Data(#"{"password":"\#(marker)","q":1}"#.utf8).base64EncodedString(),
    ]

    /// Answers with the event, or fails with a text of it.
    struct Echo: TracedHandler {
        var failure: String?

        struct Failure: Error, CustomStringConvertible {
            let description: String
        }

        func handle(_ event: AttributeValue, context: InvocationContext) async throws -> AttributeValue {
            if let failure { throw Failure(description: failure) }
            context.tracer.enrichSpan(inputs: ["handled": event])
            return event
        }
    }

    private final class Spans: SpanRecorder {
        private let spans = Mutex<[SpanRecord]>([])

        func append(_ span: SpanRecord) { spans.withLock { $0.append(span) } }

        /// All spans as they are sent.
        var text: String {
            let encoder = SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "1")
            return spans.withLock { $0.map { String(decoding: encoder.encode($0), as: UTF8.self) }.joined() }
        }
    }

    /// The recorded events of the triggers, and two that are invoked directly.
    static let events: [(name: String, json: String)] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../TriggerContextTests/Fixtures", directoryHint: .isDirectory)
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let recorded = files.filter { $0.pathExtension == "json" }.compactMap { file in
            (try? String(contentsOf: file, encoding: .utf8)).map { (name: file.lastPathComponent, json: $0) }
        }
        return recorded.sorted { $0.name < $1.name } + [
            (
                "direct",
                #"{"session_id": "s", "baggage": "team=blue", "headers": {"x-a": "b"}, "q": ["a", {"k": "v"}]}"#
            ),
            ("form", #"{"version": "2.0", "body": "a=b", "rawQueryString": "a=b", "requestContext": {"http": {}}}"#),
        ]
    }()

    @Test("is in no span")
    func everyText() async throws {
        #expect(Self.events.count >= 12)
        var count = 0
        for (name, json) in Self.events {
            let event = try JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8))
            for path in event.textPaths {
                // W3C: a vendor's trace state is handed on unchanged. A route is the API's own definition, and is read
                // in parts.
                if case .key(let key)? = path.last, ["tracestate", "routeKey"].contains(key) { continue }
                for text in Self.texts {
                    let spans = try await spans(of: event.replacing(path[...], with: .string(text)), Echo())
                    #expect(spans.contains("honeyhive_outputs.output"), "\(name)")
                    #expect(!spans.contains(Self.marker), "\(name), \(path): \(text)")
                    count += 1
                }
            }
        }
        #expect(count > 1_000)
    }

    @Test("is in no span of a handler that fails with it", arguments: texts)
    func failure(text: String) async throws {
        let spans = try await spans(of: ["q": 1], Echo(failure: text))
        #expect(spans.contains("exception.message"))
        #expect(!spans.contains(Self.marker))
        #expect(!spans.contains(Data(Self.marker.utf8).base64EncodedString().prefix(12)))
    }

    private func spans(of event: AttributeValue, _ handler: Echo) async throws -> String {
        let recorder = Spans()
        let invocation = InProcessInvocation(
            configuration: TracingConfiguration(),
            environment: Environment(["HH_CAPTURE_PAYLOAD": "true", "AWS_LAMBDA_FUNCTION_NAME": "f"]),
            recorder: recorder,
            clock: .system,
            ids: .system
        )
        let body = Array(try JSONEncoder().encode(event))
        let headers = [(name: "Lambda-Runtime-Aws-Request-Id", value: "request-1")]
        let outcome = await invocation.run(handler, body: body, headers: headers, isColdStart: false) { FlushReport() }
        try #require(outcome != nil)
        return recorder.text
    }
}

/// A step to a value within a JSON document.
private enum Step: Sendable, CustomStringConvertible {
    case key(String)
    case index(Int)

    var description: String {
        switch self {
        case .key(let key): key
        case .index(let index): String(index)
        }
    }
}

extension AttributeValue {
    /// The paths to all texts.
    fileprivate var textPaths: [[Step]] {
        switch self {
        case .string: [[]]
        case .array(let elements):
            elements.enumerated().flatMap { index, element in element.textPaths.map { [.index(index)] + $0 } }
        case .dictionary(let members):
            members.sorted { $0.key < $1.key }
                .flatMap { key, value in value.textPaths.map { [.key(key)] + $0 } }
        case .null, .int, .double, .bool: []
        }
    }

    fileprivate func replacing(_ path: ArraySlice<Step>, with text: AttributeValue) -> AttributeValue {
        guard let step = path.first else { return text }
        switch (self, step) {
        case (.array(var elements), .index(let index)):
            elements[index] = elements[index].replacing(path.dropFirst(), with: text)
            return .array(elements)
        case (.dictionary(var members), .key(let key)):
            members[key] = members[key]?.replacing(path.dropFirst(), with: text)
            return .dictionary(members)
        default: return self
        }
    }
}
