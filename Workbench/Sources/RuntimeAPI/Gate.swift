import Synchronization

/// State behind one lock, and tasks that wait until it meets a condition.
package final class Gate<State: Sendable>: Sendable {
    private struct Waiter {
        let isMet: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct Content {
        var state: State
        var waiters: [Int: Waiter] = [:]
        var waiterCount = 0
    }

    private let content: Mutex<Content>

    /// Makes a gate.
    ///
    /// - Parameter state: The first state.
    package init(_ state: State) {
        self.content = Mutex(Content(state: state))
    }

    /// The state now.
    package var state: State { content.withLock { $0.state } }

    /// Changes the state, then lets those go on whose condition it meets.
    ///
    /// - Parameter body: The change; it runs under the lock.
    /// - Returns: What the change returns.
    /// - Throws: What the change throws; waiting tasks are looked at all the same.
    package func change<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (result, released) = content.withLock { content in
            let result: Swift.Result<Result, Failure>
            do throws(Failure) {
                result = .success(try body(&content.state))
            } catch {
                result = .failure(error)
            }
            let met = content.waiters.filter { $0.value.isMet(content.state) }
            for id in met.keys { content.waiters[id] = nil }
            return (result, met.values.map(\.continuation))
        }
        for continuation in released { continuation.resume() }
        return try result.get()
    }

    /// Waits until the state meets a condition, or until the task is cancelled.
    ///
    /// - Parameter isMet: The condition; it runs under the lock.
    package func wait(until isMet: @escaping @Sendable (State) -> Bool) async {
        let id = content.withLock { content in
            content.waiterCount += 1
            return content.waiterCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = content.withLock { content in
                    if Task.isCancelled || isMet(content.state) { return true }
                    content.waiters[id] = Waiter(isMet: isMet, continuation: continuation)
                    return false
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            content.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    /// Waits until the state meets a condition, but not for ever.
    ///
    /// - Parameters:
    ///   - limit: How long.
    ///   - isMet: The condition.
    /// - Returns: Whether the state met the condition in time.
    package func wait(for limit: Duration, until isMet: @escaping @Sendable (State) -> Bool) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(until: isMet) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return isMet(state)
    }
}
