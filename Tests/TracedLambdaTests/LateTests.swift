import Foundation
import Testing

@testable import TracedLambda

@Suite("A value that is made meanwhile")
struct LateTests {
    @Test("Whoever needs it waits for it, and all get the same")
    func waits() {
        let late = Late<Int>()
        #expect(late.current == nil)
        let seen = Mailbox<Int>()
        for _ in 0..<4 { Thread.detachNewThread { _ = seen.send(late.value) } }
        Thread.detachNewThread { late.set(7) }
        #expect((0..<4).map { _ in seen.receive(timeout: .seconds(60)) } == [7, 7, 7, 7])
        #expect(late.current == 7)
        #expect(late.value == 7)
    }
}
