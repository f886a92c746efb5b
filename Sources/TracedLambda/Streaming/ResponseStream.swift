internal import SessionTracing
internal import Synchronization

/// Takes an answer piece by piece.
///
/// What is written goes out at once. When the caller reads more slowly than the handler writes, writing waits. It can be used
/// from several tasks; each piece stays whole.
public final class ResponseStream: Sendable {
    /// What the stream tells the worker's thread.
    enum Signal: Sendable {
        /// The first bytes are there.
        case started(ResponseStream)
        /// More bytes are there, after there were none.
        case advanced
    }

    /// Lambda cuts a longer answer (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
    static let maximumResponseBytes = 200 * 1024 * 1024
    /// With more than this unsent, writing waits.
    static let maximumUnsentBytes = 256 * 1024

    private let state = Mutex(ResponseStreamState())
    private let maximumUnsentBytes: Int
    private let now: @Sendable () -> UInt64
    private let notify: @Sendable (Signal) -> Void

    /// - Parameters:
    ///   - maximumUnsentBytes: With more unsent, writing waits.
    ///   - now: Nanoseconds since the Unix epoch.
    ///   - notify: Told when there is something to take. Called under the stream's lock, so that no other task's news, and
    ///     not the handler's end either, can come before that of the first bytes.
    init(
        maximumUnsentBytes: Int = ResponseStream.maximumUnsentBytes,
        now: @escaping @Sendable () -> UInt64,
        notify: @escaping @Sendable (Signal) -> Void
    ) {
        self.maximumUnsentBytes = maximumUnsentBytes
        self.now = now
        self.notify = notify
    }

    // MARK: The handler's side

    /// Sets the status, the headers and the cookies, for callers that speak HTTP; without it the answer is bytes and no more.
    ///
    /// - Parameter head: Goes out together with the first bytes.
    /// - Throws: ``ResponseStreamError`` when something has been written, or the head cannot be sent.
    public func start(_ head: ResponseHead) throws {
        let prelude = try head.prelude()
        try state.withLock { try $0.set(prelude: prelude, status: head.status) }
    }

    /// Sends bytes, and waits while too many of those before them are unsent.
    ///
    /// - Parameter bytes: The next part of the answer; none at all does nothing.
    /// - Throws: ``ResponseStreamError`` when nobody takes the answer any more, or it grows beyond Lambda's 200 MiB.
    public func write(_ bytes: some Collection<UInt8>) async throws {
        try state.withLock { state throws(ResponseStreamError) in
            if let signal = try state.append(bytes, now: now, to: self) { notify(signal) }
        }
        await waitForRoom()
        try state.withLock { try $0.checkIsNotCut() }
    }

    private func waitForRoom() async {
        guard state.withLock({ $0.pendingCount > maximumUnsentBytes }) else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let mustWait = state.withLock { state in
                guard state.isOpen, state.pendingCount > maximumUnsentBytes else { return false }
                state.waitingWriters.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    /// Sends text in UTF-8.
    ///
    /// - Parameter text: The next part of the answer.
    /// - Throws: What the form for bytes throws.
    public func write(_ text: String) async throws {
        try await write(text.utf8)
    }

    /// Sends an event of a `text/event-stream`.
    ///
    /// - Parameter event: The event; its end is sent along, so that the client sees it at once.
    /// - Throws: What `write` throws, and ``ResponseStreamError`` when the event's type or id holds a line break.
    public func send(_ event: ServerSentEvent) async throws {
        try await write(event.encoded())
    }

    // MARK: The runtime's side

    /// Ends what the handler writes: the answer is complete.
    ///
    /// An answer without a byte starts now.
    func finish() {
        state.withLock { state in
            if let signal = state.open(self, now: now) { notify(signal) }
            state.finish()
        }
    }

    /// Ends what the handler writes: it has failed.
    ///
    /// - Returns: Whether the answer has begun. If not, it never will, and the error can be reported in its place.
    func fail() -> Bool {
        state.withLock { state in
            state.finish()
            return state.hasStarted
        }
    }

    /// Whether an error can no longer be reported in the answer's place.
    var hasStarted: Bool { state.withLock { $0.hasStarted } }

    /// How many writers wait for room.
    var waitingWriterCount: Int { state.withLock { $0.waitingWriters.count } }

    /// `Content-Type` of the post.
    var contentType: String { state.withLock { $0.contentType } }

    /// What the root span is to tell of the answer.
    var summary: (status: Int?, writtenCount: Int, firstByteUnixNanoseconds: UInt64?) {
        state.withLock { ($0.status, $0.writtenCount, $0.firstByteUnixNanoseconds) }
    }

    /// Moves bytes out.
    ///
    /// - Returns: How many; zero when there are none now.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let (count, writers) = state.withLock { state in
            (state.take(into: buffer), state.pendingCount > maximumUnsentBytes ? [] : state.takeWriters())
        }
        for writer in writers { writer.resume() }
        return count
    }

    /// Moves all bytes out.
    func takeAll() -> [UInt8] {
        let count = state.withLock { $0.pendingCount }
        // All empty arrays share one place in memory, which this initialiser would write to.
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = take(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Lets no more be written: nobody takes it.
    func cut(reason: String) {
        let writers = state.withLock { state in
            state.phase = .cut(reason: reason)
            state.bytes = []
            state.takenCount = 0
            return state.takeWriters()
        }
        for writer in writers { writer.resume() }
    }
}
