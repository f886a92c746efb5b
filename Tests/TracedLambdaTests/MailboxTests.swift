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
        // A time that is over needs no wait at all, and one without end must not overflow.
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

    @Test("Work goes on until a message comes, and is not begun when one waits")
    func whileEmpty() {
        let mailbox = Mailbox<Int>()
        let isInterrupted = Mailbox<Void>()
        var hasWorked = false
        mailbox.whileEmpty(interrupt: { _ = isInterrupted.send(()) }) {
            hasWorked = true
            Thread.detachNewThread { _ = mailbox.send(1) }
            #expect(isInterrupted.receive(timeout: Self.patience) != nil)
        }
        #expect(hasWorked)
        mailbox.whileEmpty(interrupt: { Issue.record("nothing is under way") }) { Issue.record("a message waits") }
        #expect(mailbox.receive(timeout: .zero) == 1)
        // What was to be interrupted is over: the next message disturbs nobody.
        mailbox.whileEmpty(interrupt: { Issue.record("the work is over") }, {})
        _ = mailbox.send(2)
        #expect(mailbox.receive(timeout: .zero) == 2)
    }
}
