import Synchronization

/// State behind a mutex, with tasks that await a condition on it.
final class AsyncCondition<State: Sendable>: Sendable {
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

    init(_ state: State) {
        self.content = Mutex(Content(state: state))
    }

    /// A copy of the current state.
    var state: State { content.withLock { $0.state } }

    /// Changes the state and resumes the tasks whose condition it now meets.
    ///
    /// - Parameter body: The change; runs while the mutex is held.
    /// - Returns: The result of `body`.
    /// - Throws: The error of `body`; waiting tasks are resumed in that case, too.
    func change<Result: Sendable, Failure: Error>(
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

    /// Waits until the state meets a condition or the task is cancelled.
    ///
    /// - Parameter isMet: The condition; evaluated while the mutex is held.
    func wait(until isMet: @escaping @Sendable (State) -> Bool) async {
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

    /// Waits until the state meets a condition, a time limit passes, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - limit: The time limit.
    ///   - isMet: The condition; evaluated while the mutex is held.
    /// - Returns: `true` when the state meets the condition.
    func wait(for limit: Duration, until isMet: @escaping @Sendable (State) -> Bool) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(until: isMet) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return isMet(state)
    }
}
