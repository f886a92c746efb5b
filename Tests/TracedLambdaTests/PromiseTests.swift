import Foundation
import Testing

@testable import TracedLambda

@Suite("A value that is made meanwhile")
struct PromiseTests {
    @Test("Whoever needs it waits for it, and all get the same")
    func waits() {
        let promise = Promise<Int>()
        #expect(promise.current == nil)
        let seen = WorkerExecutor<Int>()
        for _ in 0..<4 { Thread.detachNewThread { _ = seen.send(promise.value) } }
        Thread.detachNewThread { promise.set(7) }
        #expect((0..<4).map { _ in seen.receive(timeout: .seconds(60)) } == [7, 7, 7, 7])
        #expect(promise.current == 7)
        #expect(promise.value == 7)
    }
}
