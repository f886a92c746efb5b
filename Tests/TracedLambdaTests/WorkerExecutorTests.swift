import Foundation
import Testing

@testable import TracedLambda

@Suite("From tasks to the thread that waits")
struct WorkerExecutorTests {
    private static let waitLimit = Duration.seconds(60)

    @Test("Messages arrive in their order")
    func order() {
        let executor = WorkerExecutor<Int>()
        for number in 0..<100 { #expect(executor.send(number)) }
        #expect((0..<100).map { _ in executor.receive(timeout: .zero) } == Array(0..<100))
        #expect(executor.receive(timeout: .zero) == nil)
    }

    @Test("Without a message the wait ends with its time, not before")
    func timeout() {
        let executor = WorkerExecutor<Int>()
        let clock = ContinuousClock()
        let start = clock.now
        #expect(executor.receive(timeout: .milliseconds(30)) == nil)
        #expect(clock.now - start >= .milliseconds(30))
        // A negative timeout must not wait, and an infinite one must not overflow.
        #expect(executor.receive(timeout: .seconds(-1)) == nil)
        #expect(executor.send(1))
        #expect(executor.receive(timeout: .seconds(Int64.max)) == 1)
    }

    @Test("A message wakes the thread that waits for it")
    func wakes() {
        let executor = WorkerExecutor<String>()
        let clock = ContinuousClock()
        let start = clock.now
        Thread.detachNewThread { _ = executor.send("here") }
        #expect(executor.receive(timeout: Self.waitLimit) == "here")
        #expect(clock.now - start < Self.waitLimit)
    }

    @Test("Of many senders no message is lost or doubled, and each one's keep their order")
    func manySenders() {
        let executor = WorkerExecutor<(sender: Int, number: Int)>()
        for sender in 0..<8 {
            Thread.detachNewThread { for number in 0..<200 { _ = executor.send((sender, number)) } }
        }
        var received: [Int: [Int]] = [:]
        for _ in 0..<1_600 {
            guard let message = executor.receive(timeout: Self.waitLimit) else {
                Issue.record("a message is missing")
                return
            }
            received[message.sender, default: []].append(message.number)
        }
        #expect(received == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, Array(0..<200)) }))
        #expect(executor.receive(timeout: .zero) == nil)
    }

    @Test("A closed executor hands over what was not received, and takes no more")
    func close() {
        let executor = WorkerExecutor<Int>()
        for number in 1...3 { _ = executor.send(number) }
        #expect(executor.receive(timeout: .zero) == 1)
        #expect(executor.close() == [2, 3])
        #expect(!executor.send(4))
        #expect(executor.receive(timeout: .zero) == nil)
        #expect(executor.close() == [])
    }

    /// Waits on a separate thread, like a worker, and not on the cooperative pool.
    private func receive(from executor: WorkerExecutor<Int>, count: Int) async -> [Int] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: (0..<count).compactMap { _ in executor.receive(timeout: Self.waitLimit) }
                )
            }
        }
    }

    @Test("The thread that waits runs the tasks, and goes on with those that had to wait themselves")
    func runsTasks() async {
        let executor = WorkerExecutor<Int>()
        let threads = Shared<[pthread_t]>([])
        let pause = Shared<CheckedContinuation<Void, Never>?>(nil)
        Task.detached(executorPreference: executor) {
            threads.value.append(pthread_self())
            await withCheckedContinuation { continuation in
                pause.value = continuation
                _ = executor.send(1)
            }
            threads.value.append(pthread_self())
            _ = executor.send(2)
        }
        let thread = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                #expect(executor.receive(timeout: Self.waitLimit) == 1)
                // The task has left the thread by now.
                pause.value?.resume()
                #expect(executor.receive(timeout: Self.waitLimit) == 2)
                continuation.resume(returning: pthread_self())
            }
        }
        #expect(threads.value == [thread, thread])
    }

    @Test("Child tasks run side by side: what the thread has no time for runs elsewhere")
    func runsChildTasksElsewhere() async {
        let executor = WorkerExecutor<Int>()
        let (there, back) = (WorkerExecutor<Int>(), WorkerExecutor<Int>())
        Task.detached(executorPreference: executor) {
            // Each task blocks until the other one sends, which a single thread could not do for both.
            async let first = there.send(1) ? back.receive(timeout: Self.waitLimit).map { executor.send($0) } : nil
            async let second = there.receive(timeout: Self.waitLimit).map { back.send($0 + 1) && executor.send($0) }
            _ = await (first, second)
            _ = executor.send(3)
        }
        let received = await receive(from: executor, count: 3)
        #expect(Set(received) == [1, 2, 3])
    }

    @Test("A task that outlives the wait goes on elsewhere")
    func tasksAfterTheEnd() async {
        let executor = WorkerExecutor<Int>()
        let waiting = Task.detached(executorPreference: executor) { "not begun" }
        #expect(executor.close() == [])
        let late = Task.detached(executorPreference: executor) { "late" }
        #expect(await waiting.value == "not begun")
        #expect(await late.value == "late")
    }
}
