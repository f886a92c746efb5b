import SessionTracing
import Synchronization
import TracedLambda
import TracedLambdaTesting

/// A handler that processes a batch with a closure from the test.
struct BatchHandler<Batch: BatchEvent & Decodable>: TracedHandler {
    var concurrency = 1
    var skipsGroupOnError = false
    let body: @Sendable (Batch.Record, InvocationTracer) async throws -> Void

    init() { body = { _, _ in } }

    init(
        concurrency: Int = 1,
        skipsGroupOnError: Bool = false,
        _ body: @escaping @Sendable (Batch.Record, InvocationTracer) async throws -> Void
    ) {
        self.concurrency = concurrency
        self.skipsGroupOnError = skipsGroupOnError
        self.body = body
    }

    func handle(_ batch: Batch, context: InvocationContext) async throws -> BatchResponse {
        await context.forEachRecord(
            batch,
            concurrency: concurrency,
            skipsGroupOnError: skipsGroupOnError,
            body
        )
    }
}

struct RecordFailure: Error {}

/// The ids of the processed records, in order.
final class Handled: Sendable {
    private let list = Mutex<[String]>([])
    var ids: [String] { list.withLock { $0 } }
    func note(_ id: String) { list.withLock { $0.append(id) } }
}

/// A message in the form of SQS.
struct Message {
    var id: String
    var group: String?
    var session: String?
    var parent: String?

    static func event(_ messages: [Message]) -> String {
        #"{"Records": [\#(messages.map(\.json).joined(separator: ","))]}"#
    }

    private var json: String {
        let carried = [("session_id", session), ("traceparent", parent)].compactMap { name, value in
            value.map { #""\#(name)": {"dataType": "String", "stringValue": "\#($0)"}"# }
        }
        let attributes = group.map { #"{"MessageGroupId": "\#($0)"}"# } ?? "{}"
        return """
            {"messageId": "\(id)", "receiptHandle": "h", "body": "secret-content", "eventSource": "aws:sqs",
             "eventSourceARN": "arn:aws:sqs:r:1:orders\(group == nil ? "" : ".fifo")", "attributes": \(attributes),
             "messageAttributes": {\(carried.joined(separator: ","))}}
            """
    }
}

extension TestInvocation {
    private struct Response: Decodable {
        struct Failure: Decodable { let itemIdentifier: String }
        let batchItemFailures: [Failure]
    }

    /// The failures in the response.
    var failures: [String] {
        get throws { try output(as: Response.self).batchItemFailures.map(\.itemIdentifier) }
    }

    /// The records' spans by record id.
    var recordSpans: [String: RecordedSpan] {
        let pairs = spans.compactMap { span -> (String, RecordedSpan)? in
            guard case .string(let id)? = span.attributes["messaging.message.id"] else { return nil }
            return (id, span)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
