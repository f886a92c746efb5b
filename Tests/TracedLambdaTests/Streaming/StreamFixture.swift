import Dispatch
import Synchronization
import Testing
import TracedLambda

@testable import TracedLambda

/// A stream with its notifications.
struct StreamFixture: Sendable {
    enum StreamEvent: Sendable, Equatable {
        case started, advanced
    }

    let stream: ResponseStream
    private let executor: WorkerExecutor<StreamEvent>

    /// - Parameters:
    ///   - maximumUnsentBytes: The number of unsent bytes beyond which writing suspends.
    ///   - now: The time of the stream's clock, in nanoseconds since the Unix epoch.
    init(maximumUnsentBytes: Int = ResponseStream.maximumUnsentBytes, now: UInt64 = 5) {
        let executor = WorkerExecutor<StreamEvent>()
        self.executor = executor
        stream = ResponseStream(maximumUnsentBytes: maximumUnsentBytes, now: { now }) { message in
            switch message {
            case .streamStarted: _ = executor.send(.started)
            case .streamAdvanced: _ = executor.send(.advanced)
            case .finished: Issue.record("the stream has ended its handler")
            }
        }
    }

    /// The notifications not received yet.
    var events: [StreamEvent] {
        var all: [StreamEvent] = []
        while let event = executor.receive(timeout: .zero) { all.append(event) }
        return all
    }

    /// Waits for the next notification, on a separate thread like a worker; returns nil after a timeout.
    ///
    /// The timeout is long enough for a machine on which other tests block all of the pool's threads for a while.
    func nextEvent() async -> StreamEvent? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: executor.receive(timeout: .seconds(600))) }
        }
    }

    /// Takes at most this number of bytes.
    func take(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = stream.take(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// Returns the error code that the body throws, or nil.
func refusal(_ body: () async throws -> Void) async -> ResponseStreamError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? ResponseStreamError)?.code
    }
}

/// A value that a task sets and a test reads.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) {
        state = Mutex(value)
    }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
