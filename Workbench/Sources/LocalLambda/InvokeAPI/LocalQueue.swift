import FoundationEssentials
import OTLP

/// A message queue that invokes a function with batches and redelivers failed messages
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
package final class LocalQueue: Sendable {
    /// The largest batch, in messages: Lambda's default.
    package static let batchLimitCount = 10
    /// The limit of messages in the queue; further ones are rejected.
    package static let messageLimitCount = 1_000
    /// The limit of a message, in bytes.
    package static let messageBytes = 1_048_576
    /// The number of deliveries after which a message that still fails becomes a dead letter.
    package static let receiveLimitCount = 3
    /// The limit of dead letters that are kept; the oldest are dropped first.
    package static let deadLetterLimitCount = 100
    /// The delay after a batch with failed messages, in milliseconds.
    package static let visibilityTimeoutMilliseconds = 1_000

    struct State: Sendable {
        var waiting: [QueueMessage] = []
        var underWayCount = 0
        var deadLetters: [QueueMessage] = []
        var isRunning = false
    }

    let function: any InvocableFunction
    let condition = AsyncCondition(State())
    private let deadLettered: @Sendable (_ function: String, _ messageID: String) -> Void

    /// Creates a queue.
    ///
    /// - Parameters:
    ///   - function: The function that handles the messages.
    ///   - deadLettered: Called for a message that becomes a dead letter.
    init(function: any InvocableFunction, deadLettered: @escaping @Sendable (String, String) -> Void) {
        self.function = function
        self.deadLettered = deadLettered
    }

    /// Enqueues all messages or none.
    ///
    /// - Parameter messages: The messages.
    /// - Returns: `false` when the queue has no capacity for them.
    func send(_ messages: [QueueMessage]) -> Bool {
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

    private func nextBatch() -> [QueueMessage]? {
        condition.change { state in
            let batch = Array(state.waiting.prefix(Self.batchLimitCount))
            state.waiting.removeFirst(batch.count)
            state.underWayCount = batch.count
            state.isRunning = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    /// Invokes the function with a batch.
    ///
    /// - Parameter batch: The messages.
    /// - Returns: The ids of the failed messages.
    private func handle(_ batch: [QueueMessage]) async -> Set<String> {
        let all = Set(batch.map(\.id))
        var request = InvocationRequest(
            requestID: UUID().uuidString.lowercased(),
            event: QueueMessage.event(of: batch, queue: function.name).bytes
        )
        request.waitsForCapacity = true
        guard let report = try? await function.invoke(request, into: nil),
            case .response(let output, _) = report.result
        else { return all }
        return BatchResponse.failures(in: output, of: all)
    }

    private func complete(_ batch: [QueueMessage], failed: Set<String>) {
        let dead = condition.change { state in
            state.underWayCount = 0
            let again = batch.filter { failed.contains($0.id) }
            let dead = again.filter { $0.receiveCount >= Self.receiveLimitCount }
            state.waiting += again.filter { $0.receiveCount < Self.receiveLimitCount }.map { message in
                var message = message
                message.receiveCount += 1
                return message
            }
            state.deadLetters = (state.deadLetters + dead).suffix(Self.deadLetterLimitCount)
            return dead
        }
        for message in dead { deadLettered(function.name, message.id) }
    }
}
