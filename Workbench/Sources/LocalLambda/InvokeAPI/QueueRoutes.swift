import FoundationEssentials
import HTTPTypes
package import Hummingbird
package import OTLP
import Synchronization

/// The routes of one queue per function: `POST /queue/NAME` sends a message, `GET /queue/NAME` reports the queue's
/// state.
package final class QueueRoutes: Sendable {
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
    /// - Parameters:
    ///   - functions: The functions.
    ///   - deadLettered: Called for a message that becomes a dead letter.
    package init(
        functions: FunctionRegistry,
        deadLettered: @escaping @Sendable (_ function: String, _ messageID: String) -> Void
    ) {
        self.functions = functions
        self.deadLettered = deadLettered
    }

    /// Adds the routes to a router.
    ///
    /// - Parameter router: The router.
    package func add(to router: Router<LoopbackContext>) {
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
        let metadata = EventMetadata(date: Date(), id: UUID().uuidString.lowercased())
        let message = QueueMessage(body: body, attributes: attributes(in: request.headers), metadata)
        guard queue.send([message]) else {
            return refusal(.tooManyRequests, "the queue holds \(LocalQueue.messageLimitCount) messages already")
        }
        return Response(status: .accepted, json: ["messageId": .string(message.id)])
    }

    private static func attributes(in headers: HTTPFields) -> [QueueMessage.Attribute] {
        headers.compactMap { field in
            let name = field.name.canonicalName
            if contextHeaders.contains(name) { return QueueMessage.Attribute(name, field.value) }
            guard name.hasPrefix(attributePrefix), name.count > attributePrefix.count else { return nil }
            return QueueMessage.Attribute(String(name.dropFirst(attributePrefix.count)), field.value)
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
                state.deadLetters.map { ["messageId": .string($0.id), "body": .string($0.body)] }
            ),
        ]
    }
}
