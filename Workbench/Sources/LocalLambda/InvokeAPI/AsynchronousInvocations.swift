import Synchronization

/// Queue of asynchronous invocations.
///
/// Retries them when the function fails, as Lambda does.
final class AsynchronousInvocations: Sendable {
    private let count = Mutex(0)
    private let retriesExhausted: @Sendable (_ function: String, _ requestID: String, FunctionError) -> Void

    /// Creates a queue.
    init(retriesExhausted: @escaping @Sendable (_ function: String, _ requestID: String, FunctionError) -> Void) {
        self.retriesExhausted = retriesExhausted
    }

    /// Accepts an event.
    ///
    /// - Returns: `false` when the limit of events in progress is reached.
    func submit(_ request: InvocationRequest, to function: any InvocableFunction) -> Bool {
        let isAccepted = count.withLock { count in
            guard count < InvokeLimits.asynchronousEventLimitCount else { return false }
            count += 1
            return true
        }
        guard isAccepted else { return false }
        var request = request
        request.waitsForCapacity = true
        // Outlives the caller's request, and ends with the function's pool, which then refuses the event.
        Task { [request] in
            await attempt(request, function)
            count.withLock { $0 -= 1 }
        }
        return true
    }

    private func attempt(_ request: InvocationRequest, _ function: any InvocableFunction) async {
        var pause = Duration.milliseconds(InvokeLimits.asynchronousRetryMilliseconds)
        for attempt in 1...InvokeLimits.asynchronousAttemptCount {
            guard let report = try? await function.invoke(request, into: nil) else { return }
            guard case .failure(let error) = report.result else { return }
            guard attempt < InvokeLimits.asynchronousAttemptCount else {
                return retriesExhausted(function.name, request.requestID, error)
            }
            try? await Task.sleep(for: pause)
            pause *= 2
        }
    }
}
