import Synchronization
import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("Which records of a batch are handled, and which are reported")
struct BatchResponseTests {
    private func run(
        _ messages: [Message],
        failing: Set<String>,
        concurrency: Int = 1,
        skipsGroupOnError: Bool = false
    ) async throws -> (handled: [String], failures: [String]) {
        let handled = Handled()
        let handler = BatchHandler<QueueBatchEvent>(concurrency: concurrency, skipsGroupOnError: skipsGroupOnError) {
            record,
            _ in
            handled.note(record.id)
            if failing.contains(record.id) { throw RecordFailure() }
        }
        let invocation = await LambdaTester(handler).invoke(json: Message.event(messages))
        return (handled.ids, try invocation.failures)
    }

    @Test(
        "A standard queue: all are handled, those that throw are reported, all of them too",
        arguments: [1, 2, 0, 1_000]
    )
    func standard(concurrency: Int) async throws {
        let messages = ["a", "b", "c", "d"].map { Message(id: $0) }
        let some = try await run(messages, failing: ["b", "d"], concurrency: concurrency)
        #expect(some.handled.sorted() == ["a", "b", "c", "d"])
        #expect(some.failures == ["b", "d"])
        let all = try await run(messages, failing: ["a", "b", "c", "d"], concurrency: concurrency)
        #expect(all.failures == ["a", "b", "c", "d"])
        #expect(try await run([], failing: [], concurrency: concurrency).failures == [])
    }

    private static let groups = [
        Message(id: "a1", group: "a"), Message(id: "b1", group: "b"), Message(id: "a2", group: "a"),
        Message(id: "b2", group: "b"), Message(id: "a3", group: "a"),
    ]

    @Test("A FIFO queue: the order of each group is kept, and groups run at the same time", arguments: [1, 4])
    func groupOrder(concurrency: Int) async throws {
        let (handled, failures) = try await run(Self.groups, failing: [], concurrency: concurrency)
        #expect(handled.filter { $0.hasPrefix("a") } == ["a1", "a2", "a3"])
        #expect(handled.filter { $0.hasPrefix("b") } == ["b1", "b2"])
        #expect(failures == [])
    }

    @Test("A FIFO queue: after a failure nothing is begun, and all the rest is reported")
    func stop() async throws {
        let (handled, failures) = try await run(Self.groups, failing: ["a2"])
        #expect(handled == ["a1", "a2"])
        #expect(failures == ["b1", "a2", "b2", "a3"])
    }

    @Test("A FIFO queue: a failure can hold up its own group alone", arguments: [1, 4])
    func skip(concurrency: Int) async throws {
        let (handled, failures) = try await run(
            Self.groups,
            failing: ["a2"],
            concurrency: concurrency,
            skipsGroupOnError: true
        )
        #expect(handled.sorted() == ["a1", "a2", "b1", "b2"])
        #expect(failures == ["a2", "a3"])
    }

    @Test("A stream: one by one up to the first failure, which is reported alone", arguments: [1, 4])
    func stream(concurrency: Int) async throws {
        let handled = Handled()
        let handler = BatchHandler<StreamBatchEvent>(concurrency: concurrency) { record, _ in
            handled.note(record.id)
            if record.id == "2" { throw RecordFailure() }
        }
        let records = (1...4).map { number in
            """
            {"eventSource": "aws:kinesis", "eventName": "aws:kinesis:record", "eventSourceARN": "stream/s",
             "eventID": "shard:\(number)", "kinesis": {"partitionKey": "p", "sequenceNumber": "\(number)", "data": "e30="}}
            """
        }
        let invocation = await LambdaTester(handler).invoke(json: #"{"Records": [\#(records.joined(separator: ","))]}"#)
        #expect(handled.ids == ["1", "2"])
        #expect(try invocation.failures == ["2"])
    }

    @Test("As many records at the same time as allowed, and no more", arguments: [1, 3])
    func concurrency(limit: Int) async throws {
        let gate = Gate(opensAt: limit)
        let handler = BatchHandler<QueueBatchEvent>(concurrency: limit) { _, _ in await gate.pass() }
        let invocation = await LambdaTester(handler).invoke(
            json: Message.event((1...limit * 4).map { Message(id: "\($0)") })
        )
        #expect(try invocation.failures == [])
        #expect(await gate.most == limit)
    }

    @Test("Near the deadline nothing is begun, and what is left is reported")
    func deadline() async throws {
        let clock = TestClock()
        let handler = BatchHandler<QueueBatchEvent> { _, _ in clock.advance(by: .milliseconds(400)) }
        let invocation = await LambdaTester(handler, clock: clock).invoke(
            json: Message.event(["a", "b", "c", "d"].map { Message(id: $0) }),
            timeout: .seconds(1)
        )
        // 1,000 ms minus the margin of 200 ms.
        #expect(invocation.recordSpans.keys.sorted() == ["a", "b"])
        #expect(try invocation.failures == ["c", "d"])
    }

    @Test("After cancellation nothing is begun, and what is left is reported")
    func cancellation() async throws {
        let handled = Handled()
        let handler = BatchHandler<QueueBatchEvent> { record, _ in handled.note(record.id) }
        // A separate task, because the handler cancels the task that it runs in.
        let invocation = await Task {
            await LambdaTester(Cancelling(inner: handler)).invoke(
                json: Message.event(["a", "b"].map { Message(id: $0) })
            )
        }.value
        #expect(handled.ids == [])
        #expect(try invocation.failures == ["a", "b"])
    }

    private struct Cancelling: TracedHandler {
        let inner: BatchHandler<QueueBatchEvent>

        init() { inner = BatchHandler() }
        init(inner: BatchHandler<QueueBatchEvent>) { self.inner = inner }

        func handle(_ batch: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await inner.handle(batch, context: context)
        }
    }
}

/// Blocks all callers until a number of them have arrived, and counts how many are inside concurrently.
private actor Gate {
    private let opensAt: Int
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var inside = 0
    private(set) var most = 0

    init(opensAt: Int) { self.opensAt = opensAt }

    func pass() async {
        inside += 1
        most = max(most, inside)
        if inside >= opensAt {
            isOpen = true
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
        // Lets other tasks enter, if they are allowed to.
        for _ in 0..<20 { await Task.yield() }
        inside -= 1
    }
}
