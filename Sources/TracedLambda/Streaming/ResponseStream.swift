internal import SessionTracing
internal import Synchronization

/// A streamed response, written piece by piece by the handler.
///
/// Written bytes are sent at once. If the caller reads more slowly than the handler writes, `write` suspends. The
/// stream can be used concurrently; each piece is sent contiguously.
///
/// ```swift
/// try response.start(ResponseHead(status: 200, headers: ["Content-Type": "text/plain"]))
/// try await response.write("first line\n")
/// ```
public final class ResponseStream: Sendable {
    /// The maximum size of a response, in bytes; Lambda truncates longer ones
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
    static let maximumResponseBytes = 200 * 1024 * 1024
    /// The number of unsent bytes beyond which writing suspends.
    static let maximumUnsentBytes = 256 * 1024

    private let state: Mutex<ResponseStreamState>
    private let maximumUnsentBytes: Int
    private let now: @Sendable () -> UInt64
    private let notify: @Sendable (InvocationMessage) -> Void

    /// Creates a stream.
    ///
    /// - Parameters:
    ///   - maximumUnsentBytes: The number of unsent bytes beyond which writing suspends.
    ///   - keepsBody: True to keep the beginning of the body for the trace.
    ///   - now: Returns the current time, in nanoseconds since the Unix epoch.
    ///   - notify: Called when bytes become available. It is called under the stream's lock, so that neither a
    ///     notification of another task nor the handler's end can overtake that of the first bytes.
    init(
        maximumUnsentBytes: Int = ResponseStream.maximumUnsentBytes,
        keepsBody: Bool = false,
        now: @escaping @Sendable () -> UInt64,
        notify: @escaping @Sendable (InvocationMessage) -> Void
    ) {
        state = Mutex(ResponseStreamState(keptBody: keepsBody ? [] : nil))
        self.maximumUnsentBytes = maximumUnsentBytes
        self.now = now
        self.notify = notify
    }

    // MARK: Used by the handler

    /// Sets the status, the headers and the cookies for HTTP callers; without it, the response consists of the body
    /// only.
    ///
    /// - Parameter head: The head, sent with the first bytes.
    /// - Throws: ``ResponseStreamError`` if bytes have been written or the head is invalid.
    public func start(_ head: ResponseHead) throws {
        let prelude = try head.prelude()
        try state.withLock { try $0.set(prelude: prelude, status: head.status) }
    }

    /// Sends bytes, and suspends while too many bytes are unsent.
    ///
    /// - Parameter bytes: The next part of the response; an empty collection does nothing.
    /// - Throws: ``ResponseStreamError`` if the stream is closed, or the response exceeds Lambda's limit of 200 MiB.
    public func write(_ bytes: some Collection<UInt8>) async throws {
        try state.withLock { state throws(ResponseStreamError) in
            if let message = try state.append(bytes, now: now, to: self) { notify(message) }
        }
        await waitForCapacity()
        try state.withLock { try $0.checkIsNotAborted() }
    }

    private func waitForCapacity() async {
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

    /// Sends text in UTF-8, and suspends while too many bytes are unsent.
    ///
    /// - Parameter text: The next part of the response.
    /// - Throws: ``ResponseStreamError`` if the stream is closed, or the response exceeds Lambda's limit of 200 MiB.
    public func write(_ text: String) async throws {
        try await write(text.utf8)
    }

    /// Sends an event of a `text/event-stream`.
    ///
    /// - Parameter event: The event. It is sent with its end, so that the client receives it at once.
    /// - Throws: ``ResponseStreamError`` if the stream is closed, the response exceeds Lambda's limit of 200 MiB, or
    ///   the event's type or id contains a line break.
    public func send(_ event: ServerSentEvent) async throws {
        try await write(event.encoded())
    }

    // MARK: Used by the runtime

    /// Ends the stream after the handler returned: the response is complete.
    ///
    /// A response without a byte is started now.
    func finish() {
        state.withLock { state in
            if let message = state.open(self, now: now) { notify(message) }
            state.finish()
        }
    }

    /// Ends the stream after the handler failed.
    ///
    /// - Returns: True if the response has been started. Otherwise it never will be, and the error can be reported in
    ///   its place.
    func fail() -> Bool {
        state.withLock { state in
            state.finish()
            return state.hasStarted
        }
    }

    /// True if the response has been started, so that an error can no longer be reported in its place.
    var hasStarted: Bool { state.withLock { $0.hasStarted } }

    /// The number of suspended writers.
    var waitingWriterCount: Int { state.withLock { $0.waitingWriters.count } }

    /// The `Content-Type` of the post.
    var contentType: String { state.withLock { $0.contentType } }

    /// The properties of the response for the root span.
    var summary: (writtenCount: Int, firstByteUnixNanoseconds: UInt64?) {
        state.withLock { ($0.writtenCount, $0.firstByteUnixNanoseconds) }
    }

    /// The beginning of the body and the size of all of it; nil before the first byte, and unless the body is kept.
    var recordableBody: (beginning: [UInt8], size: Int)? { state.withLock { $0.recordableBody } }

    /// The status of the response's head; nil without a head.
    var status: Int? { state.withLock { $0.status } }

    /// Moves unsent bytes into a buffer.
    ///
    /// - Returns: The number of bytes moved; zero if none are available.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let (count, writers) = state.withLock { state in
            (state.take(into: buffer), state.pendingCount > maximumUnsentBytes ? [] : state.takeWriters())
        }
        for writer in writers { writer.resume() }
        return count
    }

    /// Removes and returns all unsent bytes.
    func takeAll() -> [UInt8] {
        let count = state.withLock { $0.pendingCount }
        // All empty arrays share one storage, which this initializer would write to.
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = take(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Closes the stream, because the response can no longer be sent.
    func abort(reason: String) {
        let writers = state.withLock { state in
            state.phase = .aborted(reason: reason)
            state.bytes = []
            state.takenCount = 0
            return state.takeWriters()
        }
        for writer in writers { writer.resume() }
    }
}
