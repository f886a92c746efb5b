import FoundationEssentials
import HTTPTypes
import Hummingbird
import OTLP
import Synchronization

@_spi(Workbench) import TestEvents

/// A message queue that invokes a function with batches and redelivers failed messages
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
final class LocalQueue: Sendable {
    /// The largest batch, in messages: Lambda's default.
    static let batchLimitCount = 10
    /// The limit of messages in the queue; further ones are rejected.
    static let messageLimitCount = 1_000
    /// The limit of a message, in bytes.
    static let messageBytes = 1_048_576
    /// The number of deliveries after which a message that still fails becomes a dead letter.
    static let receiveLimitCount = 3
    /// The limit of dead letters that are kept; the oldest are dropped first.
    static let deadLetterLimitCount = 100
    /// The delay after a batch with failed messages, in milliseconds.
    static let visibilityTimeoutMilliseconds = 1_000

    struct State: Sendable {
        var waiting: [TestMessage] = []
        var underWayCount = 0
        var deadLetters: [TestMessage] = []
        var isRunning = false
    }

    let function: any InvocableFunction
    let condition = AsyncCondition(State())
    private let deadLettered: @Sendable (_ function: String, _ messageID: String) -> Void

    /// Creates a queue.
    ///
    /// `deadLettered`: Called for a message that becomes a dead letter.
    init(function: any InvocableFunction, deadLettered: @escaping @Sendable (String, String) -> Void) {
        self.function = function
        self.deadLettered = deadLettered
    }

    /// Enqueues all messages or none.
    ///
    /// - Returns: `false` when the queue has no capacity for them.
    func send(_ messages: [TestMessage]) -> Bool {
        let isAccepted = condition.change { state in
            let count = state.waiting.count + state.underWayCount
            guard count + messages.count <= Self.messageLimitCount else { return (false, false) }
            state.waiting += messages
            defer { state.isRunning = true }
            return (true, !state.isRunning)
        }
        if isAccepted.1 { Task { await run() } }
        return isAccepted.0
    }

    /// Delivers batches, one after the other, until the queue is empty.
    private func run() async {
        while let batch = nextBatch() {
            let failed = await handle(batch)
            complete(batch, failed: failed)
            // Failed messages are at the end of the queue by then, and are delivered again later.
            guard !failed.isEmpty else { continue }
            try? await Task.sleep(for: .milliseconds(Self.visibilityTimeoutMilliseconds))
        }
    }

    private func nextBatch() -> [TestMessage]? {
        condition.change { state in
            let batch = Array(state.waiting.prefix(Self.batchLimitCount))
            state.waiting.removeFirst(batch.count)
            state.underWayCount = batch.count
            state.isRunning = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    /// Invokes the function with a batch.
    private func handle(_ batch: [TestMessage]) async -> Set<String> {
        let all = Set(batch.compactMap(\.id))
        let event = TestEvent.sqs(all: batch, queue: function.name).json
        var request = InvocationRequest(requestID: UUID().uuidString.lowercased(), event: Array(event.utf8))
        request.waitsForCapacity = true
        guard let report = try? await function.invoke(request, into: nil),
            case .response(let output, _) = report.result
        else { return all }
        return Self.failures(in: output, of: all)
    }

    private func complete(_ batch: [TestMessage], failed: Set<String>) {
        let dead = condition.change { state in
            state.underWayCount = 0
            let again = batch.filter { failed.contains($0.id ?? "") }
            let dead = again.filter { $0.receiveCount >= Self.receiveLimitCount }
            state.waiting += again.filter { $0.receiveCount < Self.receiveLimitCount }.map { message in
                var message = message
                message.receiveCount += 1
                return message
            }
            state.deadLetters = (state.deadLetters + dead).suffix(Self.deadLetterLimitCount)
            return dead
        }
        for message in dead { deadLettered(function.name, message.id ?? "") }
    }
}

/// The routes of one queue per function: `POST /queue/NAME` sends a message, `GET /queue/NAME` reports the queue's
/// state.
final class QueueRoutes: Sendable {
    /// Request headers that become message attributes because they carry a caller's context.
    private static let contextHeaders = [
        "traceparent", "tracestate", "baggage", "x-honeyhive-session-id", "x-session-id",
    ]
    /// The header prefix of any other message attribute.
    private static let attributePrefix = "x-message-attribute-"

    private let functions: FunctionRegistry
    private let queues = Mutex<[String: LocalQueue]>([:])
    private let deadLettered: @Sendable (_ function: String, _ messageID: String) -> Void

    /// Creates the routes.
    ///
    /// `deadLettered`: Called for a message that becomes a dead letter.
    init(
        functions: FunctionRegistry,
        deadLettered: @escaping @Sendable (_ function: String, _ messageID: String) -> Void
    ) {
        self.functions = functions
        self.deadLettered = deadLettered
    }

    func add(to router: Router<LoopbackContext>) {
        router.post("/queue/:name") { request, context in
            guard let queue = self.queue(context) else { return self.unknownFunction(context) }
            return await Self.send(request, to: queue)
        }
        router.get("/queue/:name") { _, context in
            guard let queue = self.queue(context) else { return self.unknownFunction(context) }
            return Response(status: .ok, json: queue.json)
        }
    }

    private func unknownFunction(_ context: LoopbackContext) -> Response {
        let problem = FunctionRegistry.unknown(name(context), known: functions.names)
        return Self.refusal(.notFound, "Function not found: \(problem)")
    }

    private func name(_ context: LoopbackContext) -> String {
        PercentText.decoded(context.parameters.get("name") ?? "")
    }

    private func queue(_ context: LoopbackContext) -> LocalQueue? {
        let name = name(context)
        guard let function = functions.function(named: name) else { return nil }
        return queues.withLock { queues in
            if let queue = queues[name] { return queue }
            let queue = LocalQueue(function: function, deadLettered: deadLettered)
            queues[name] = queue
            return queue
        }
    }

    private static func send(_ request: Request, to queue: LocalQueue) async -> Response {
        guard case .complete(let bytes) = await CollectedBody(of: request, limitBytes: LocalQueue.messageBytes) else {
            return refusal(.contentTooLarge, "a message has at most \(LocalQueue.messageBytes) bytes")
        }
        guard let body = String(validating: bytes, as: UTF8.self), !body.isEmpty else {
            return refusal(.badRequest, "a message is text, and not empty")
        }
        let values = LocalEvents.values()
        var message = TestMessage(body, attributes: attributes(in: request.headers))
        message.id = values.requestID
        message.sentMilliseconds = values.milliseconds
        guard queue.send([message]) else {
            return refusal(.tooManyRequests, "the queue holds \(LocalQueue.messageLimitCount) messages already")
        }
        return Response(status: .accepted, json: ["messageId": .string(values.requestID)])
    }

    private static func attributes(in headers: HTTPFields) -> [String: String] {
        headers.reduce(into: [:]) { attributes, field in
            let name = field.name.canonicalName
            if contextHeaders.contains(name) {
                attributes[name] = field.value
            } else if name.hasPrefix(attributePrefix), name.count > attributePrefix.count {
                attributes[String(name.dropFirst(attributePrefix.count))] = field.value
            }
        }
    }

    private static func refusal(_ status: HTTPResponse.Status, _ message: String) -> Response {
        Response(status: status, json: ["message": .string(message)])
    }
}

extension LocalQueue {
    /// The queue's state in JSON.
    fileprivate var json: JSONValue {
        let state = condition.state
        return [
            "waiting": .number(JSONNumber(state.waiting.count)),
            "underWay": .number(JSONNumber(state.underWayCount)),
            "deadLetters": .array(
                state.deadLetters.map { ["messageId": .string($0.id ?? ""), "body": .string($0.body)] }
            ),
        ]
    }
}
