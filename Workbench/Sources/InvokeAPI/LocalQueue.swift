import FoundationEssentials
import RuntimeAPI
import TriggerEnvelopes
import WireJSON

/// A queue in front of a function: batches of messages, and those again that failed
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
package final class LocalQueue: Sendable {
    /// Messages in one batch, Lambda's default.
    package static let batchLimitCount = 10
    /// Messages that wait; a further one is turned down.
    package static let messageLimitCount = 1_000
    /// The size of a message.
    package static let messageBytes = 1_048_576
    /// How often a message is received before it is put aside.
    package static let receiveLimitCount = 3
    /// Messages that are put aside; of more, the oldest are forgotten.
    package static let deadLetterLimitCount = 100
    /// The time before a message that failed comes again.
    package static let visibilityTimeoutMilliseconds = 1_000

    struct State: Sendable {
        var waiting: [QueueMessage] = []
        var underWayCount = 0
        var deadLetters: [QueueMessage] = []
        var isRunning = false
    }

    let function: any InvocableFunction
    let gate = Gate(State())
    private let putAside: @Sendable (_ function: String, _ messageID: String) -> Void

    /// Makes a queue.
    ///
    /// - Parameters:
    ///   - function: What handles its messages.
    ///   - putAside: Told of a message that failed for the last time.
    init(function: any InvocableFunction, putAside: @escaping @Sendable (String, String) -> Void) {
        self.function = function
        self.putAside = putAside
    }

    /// Takes messages in, all or none.
    ///
    /// - Parameter messages: The messages.
    /// - Returns: `false` when there is no room.
    func send(_ messages: [QueueMessage]) -> Bool {
        let isWelcome = gate.change { state in
            let count = state.waiting.count + state.underWayCount
            guard count + messages.count <= Self.messageLimitCount else { return (false, false) }
            state.waiting += messages
            defer { state.isRunning = true }
            return (true, !state.isRunning)
        }
        if isWelcome.1 { Task { await run() } }
        return isWelcome.0
    }

    /// Hands out batches, one after the other, until no message is left.
    private func run() async {
        while let batch = nextBatch() {
            let failed = await handle(batch)
            settle(batch, failed: failed)
            // Those that failed come again later; they are at the queue's end by then.
            guard !failed.isEmpty else { continue }
            try? await Task.sleep(for: .milliseconds(Self.visibilityTimeoutMilliseconds))
        }
    }

    private func nextBatch() -> [QueueMessage]? {
        gate.change { state in
            let batch = Array(state.waiting.prefix(Self.batchLimitCount))
            state.waiting.removeFirst(batch.count)
            state.underWayCount = batch.count
            state.isRunning = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    /// Gives a batch to the function.
    ///
    /// - Parameter batch: The messages.
    /// - Returns: The ids of those that failed.
    private func handle(_ batch: [QueueMessage]) async -> Set<String> {
        let all = Set(batch.map(\.id))
        var request = InvocationRequest(
            requestID: UUID().uuidString.lowercased(),
            event: QueueMessage.event(of: batch, queue: function.name).bytes
        )
        request.waitsForRoom = true
        guard let report = try? await function.invoke(request, into: nil),
            case .response(let output, _) = report.result
        else { return all }
        return BatchResponse.failures(in: output, of: all)
    }

    private func settle(_ batch: [QueueMessage], failed: Set<String>) {
        let dead = gate.change { state in
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
        for message in dead { putAside(function.name, message.id) }
    }
}
