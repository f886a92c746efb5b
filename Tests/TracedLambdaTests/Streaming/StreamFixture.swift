import Dispatch
import Synchronization
import TracedLambda

@testable import TracedLambda

/// A stream, and what it has told the runtime.
struct StreamFixture: Sendable {
    enum News: Sendable, Equatable {
        case started, advanced
    }

    let stream: ResponseStream
    private let inbox: Mailbox<News>

    /// - Parameters:
    ///   - maximumUnsentBytes: With more unsent, writing waits.
    ///   - now: What the stream's clock says.
    init(maximumUnsentBytes: Int = ResponseStream.maximumUnsentBytes, now: UInt64 = 5) {
        let inbox = Mailbox<News>()
        self.inbox = inbox
        stream = ResponseStream(maximumUnsentBytes: maximumUnsentBytes, now: { now }) { signal in
            switch signal {
            case .started: _ = inbox.send(.started)
            case .advanced: _ = inbox.send(.advanced)
            }
        }
    }

    /// What has been told and not been asked for yet.
    var news: [News] {
        var all: [News] = []
        while let news = inbox.receive(timeout: .zero) { all.append(news) }
        return all
    }

    /// Waits for the next news; nil when none comes in a time that is far more than it takes, even for a machine on which other
    /// tests hold all of the pool's threads for a while.
    ///
    /// Blocks a thread of its own, as the worker's does.
    func nextNews() async -> News? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: inbox.receive(timeout: .seconds(600))) }
        }
    }

    /// Takes at most so many bytes.
    func take(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = stream.take(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// The error that a stream refuses something with.
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
