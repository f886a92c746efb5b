import Foundation
import Testing

@testable import TracedLambda

@Suite("From tasks to the thread that waits")
struct MailboxTests {
    private static let patience = Duration.seconds(60)

    @Test("Messages arrive in their order")
    func order() {
        let mailbox = Mailbox<Int>()
        for number in 0..<100 { #expect(mailbox.send(number)) }
        #expect((0..<100).map { _ in mailbox.receive(timeout: .zero) } == Array(0..<100))
        #expect(mailbox.receive(timeout: .zero) == nil)
    }

    @Test("Without a message the wait ends with its time, not before")
    func timeout() {
        let mailbox = Mailbox<Int>()
        let clock = ContinuousClock()
        let start = clock.now
        #expect(mailbox.receive(timeout: .milliseconds(30)) == nil)
        #expect(clock.now - start >= .milliseconds(30))
        // A negative timeout must not wait, and an infinite one must not overflow.
        #expect(mailbox.receive(timeout: .seconds(-1)) == nil)
        #expect(mailbox.send(1))
        #expect(mailbox.receive(timeout: .seconds(Int64.max)) == 1)
    }

    @Test("A message wakes the thread that waits for it")
    func wakes() {
        let mailbox = Mailbox<String>()
        let clock = ContinuousClock()
        let start = clock.now
        Thread.detachNewThread { _ = mailbox.send("here") }
        #expect(mailbox.receive(timeout: Self.patience) == "here")
        #expect(clock.now - start < Self.patience)
    }

    @Test("Of many senders no message is lost or doubled, and each one's keep their order")
    func manySenders() {
        let mailbox = Mailbox<(sender: Int, number: Int)>()
        for sender in 0..<8 {
            Thread.detachNewThread { for number in 0..<200 { _ = mailbox.send((sender, number)) } }
        }
        var received: [Int: [Int]] = [:]
        for _ in 0..<1_600 {
            guard let message = mailbox.receive(timeout: Self.patience) else {
                Issue.record("a message is missing")
                return
            }
            received[message.sender, default: []].append(message.number)
        }
        #expect(received == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, Array(0..<200)) }))
        #expect(mailbox.receive(timeout: .zero) == nil)
    }

    @Test("A closed mailbox hands over what was not received, and takes no more")
    func close() {
        let mailbox = Mailbox<Int>()
        for number in 1...3 { _ = mailbox.send(number) }
        #expect(mailbox.receive(timeout: .zero) == 1)
        #expect(mailbox.close() == [2, 3])
        #expect(!mailbox.send(4))
        #expect(mailbox.receive(timeout: .zero) == nil)
        #expect(mailbox.close() == [])
    }

    /// Waits on a separate thread, like a worker, and not on the cooperative pool.
    private func receive(from mailbox: Mailbox<Int>, count: Int) async -> [Int] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: (0..<count).compactMap { _ in mailbox.receive(timeout: Self.patience) }
                )
            }
        }
    }

    @Test("The thread that waits runs the tasks, and goes on with those that had to wait themselves")
    func runsTasks() async {
        let mailbox = Mailbox<Int>()
        let threads = Shared<[pthread_t]>([])
        let pause = Shared<CheckedContinuation<Void, Never>?>(nil)
        Task.detached(executorPreference: mailbox) {
            threads.value.append(pthread_self())
            await withCheckedContinuation { continuation in
                pause.value = continuation
                _ = mailbox.send(1)
            }
            threads.value.append(pthread_self())
            _ = mailbox.send(2)
        }
        let thread = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                #expect(mailbox.receive(timeout: Self.patience) == 1)
                // The task has left the thread by now.
                pause.value?.resume()
                #expect(mailbox.receive(timeout: Self.patience) == 2)
                continuation.resume(returning: pthread_self())
            }
        }
        #expect(threads.value == [thread, thread])
    }

    @Test("Child tasks run side by side: what the thread has no time for runs elsewhere")
    func runsChildTasksElsewhere() async {
        let mailbox = Mailbox<Int>()
        let (there, back) = (Mailbox<Int>(), Mailbox<Int>())
        Task.detached(executorPreference: mailbox) {
            // Each task blocks until the other one sends, which a single thread could not do for both.
            async let first = there.send(1) ? back.receive(timeout: Self.patience).map { mailbox.send($0) } : nil
            async let second = there.receive(timeout: Self.patience).map { back.send($0 + 1) && mailbox.send($0) }
            _ = await (first, second)
            _ = mailbox.send(3)
        }
        let received = await receive(from: mailbox, count: 3)
        #expect(Set(received) == [1, 2, 3])
    }

    @Test("A task that outlives the wait goes on elsewhere")
    func tasksAfterTheEnd() async {
        let mailbox = Mailbox<Int>()
        let waiting = Task.detached(executorPreference: mailbox) { "not begun" }
        #expect(mailbox.close() == [])
        let late = Task.detached(executorPreference: mailbox) { "late" }
        #expect(await waiting.value == "not begun")
        #expect(await late.value == "late")
    }
}
