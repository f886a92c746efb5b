internal import Synchronization

/// One exchange as its caller sees it: the response so far, and the part of the request's body that is still to be sent.
///
/// The engine's thread and the caller's tasks meet here, under one lock.
final class EngineTransfer: TransferResponseBody, UploadSink {
    /// The head of the final response.
    struct Head: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let version: String
    }

    private struct State {
        var head: Head?
        /// The body that nobody has read yet.
        var unread: [UInt8] = []
        /// The size of the received body before decompression; nil until libcurl has ended the transfer.
        var receivedBytes: Int?
        /// The end of the exchange; nil while it lasts.
        var end: Result<Void, CurlError>?
        /// True if the transfer waits until the body is read.
        var isReceivePaused = false
        /// The task that waits for the response.
        var reader: UnsafeContinuation<Void, Never>?
        var upload = Upload()
    }

    /// The request's body, if a task writes it.
    private struct Upload {
        /// The pieces that are still to be sent, from an offset on.
        var unsent: [UInt8] = []
        var offset = 0
        var writtenBytes = 0
        /// True once the connection is ready for the body.
        var isWanted = false
        var hasEnded = false
        var failure: CurlError?
        /// True if the transfer waits for the next piece.
        var isPaused = false
        /// The task that writes the body, while it waits.
        var writer: UnsafeContinuation<Void, Never>?

        var unsentBytes: Int { unsent.count - offset }
    }

    /// The length of the unread body at which the transfer pauses, in bytes.
    static let maximumUnreadBytes = 256 * 1024
    /// The length of the unsent body at which its writer waits, in bytes.
    static let maximumUnsentBytes = 256 * 1024

    private let engine: TransferEngine
    private let state = Mutex(State())
    /// The length of the request's body, if it is given.
    private let uploadLength: Int?
    /// The engine's side of the exchange; used by the engine's thread alone.
    nonisolated(unsafe) var active: ActiveTransfer?
    private let producer = Mutex<Task<Void, Never>?>(nil)

    init(engine: TransferEngine, uploadLength: Int?) {
        self.engine = engine
        self.uploadLength = uploadLength
    }

    // MARK: The response, for the caller

    var isReceived: Bool {
        state.withLock { state in
            if case .success = state.end { true } else { false }
        }
    }

    var hasEnded: Bool { state.withLock { $0.end != nil } }

    var receivedBytes: Int? { state.withLock { $0.receivedBytes } }

    /// Waits for the head of the response.
    nonisolated(nonsending) func head() async throws(CurlError) -> Head {
        while true {
            let (head, end) = state.withLock { ($0.head, $0.end) }
            if let head { return head }
            switch end {
            case .failure(let error): throw error
            case .success: throw CurlError(code: .malformedResponse, detail: "it has no head")
            case nil: await wait { $0.head != nil || $0.end != nil }
            }
        }
    }

    nonisolated(nonsending) func next() async throws(CurlError) -> [UInt8]? {
        while true {
            switch state.withLock({ Self.read(from: &$0) }) {
            case .bytes(let bytes, let wasPaused):
                if wasPaused { engine.enqueue(.resumeReceiving(self)) }
                return bytes
            case .end: return nil
            case .failure(let error): throw error
            case .nothing: await wait { !$0.unread.isEmpty || $0.end != nil }
            }
        }
    }

    private enum Reading {
        case bytes([UInt8], wasPaused: Bool)
        case end
        case failure(CurlError)
        case nothing
    }

    private static func read(from state: inout State) -> Reading {
        guard state.unread.isEmpty else {
            var bytes: [UInt8] = []
            swap(&bytes, &state.unread)
            defer { state.isReceivePaused = false }
            return .bytes(bytes, wasPaused: state.isReceivePaused)
        }
        return switch state.end {
        case .success: .end
        case .failure(let error): .failure(error)
        case nil where state.reader != nil:
            .failure(CurlError(code: .other, detail: "two tasks read the body at once"))
        case nil: .nothing
        }
    }

    /// Waits until the engine has changed the state; the task's cancellation ends the transfer.
    private nonisolated(nonsending) func wait(until isReady: @Sendable (borrowing State) -> Bool) async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let waits = state.withLock { state in
                    guard !isReady(state), state.reader == nil else { return false }
                    state.reader = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }

    func cancel() {
        guard end(.failure(CurlError(code: .aborted, detail: "")), discardsUnread: true) else { return }
        engine.enqueue(.end(self))
        wakeReader()
    }

    // MARK: The response, for the engine

    /// Sets the head of the final response.
    func receive(_ head: Head) { state.withLock { $0.head = head } }

    /// Adds a part of the body.
    ///
    /// - Returns: True if the transfer must pause until the caller has read.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            state.unread.append(contentsOf: bytes)
            state.isReceivePaused = state.unread.count >= Self.maximumUnreadBytes
            return state.isReceivePaused
        }
    }

    /// Ends the exchange, and the task that writes the request's body.
    ///
    /// - Returns: False if it had ended before.
    @discardableResult
    func end(_ result: Result<Void, CurlError>, receivedBytes: Int? = nil, discardsUnread: Bool = false) -> Bool {
        let (isFirst, writer) = state.withLock { state in
            if let receivedBytes { state.receivedBytes = receivedBytes }
            if discardsUnread { state.unread = [] }
            guard state.end == nil else { return (false, nil as UnsafeContinuation<Void, Never>?) }
            state.end = result
            state.upload.unsent = []
            state.upload.offset = 0
            return (true, state.upload.writer.take())
        }
        guard isFirst else { return false }
        writer?.resume()
        producer.withLock { $0.take() }?.cancel()
        return true
    }

    /// Lets the caller's task see what has changed.
    func wakeReader() { state.withLock { $0.reader.take() }?.resume() }

    // MARK: The request's body, for the task that writes it

    /// Starts the task that writes the body; it begins when the connection is ready for it.
    func start(_ produce: @escaping @Sendable (any UploadSink) async throws -> Void) {
        let task = Task {
            var failure: CurlError?
            do {
                await self.waitForRoom { $0.isWanted }
                try await produce(self)
            } catch {
                failure = CurlError(code: .uploadFailed, detail: "its source threw \(type(of: error))")
            }
            self.finishUpload(failure)
        }
        producer.withLock { $0 = task }
    }

    func write(_ bytes: [UInt8]) async throws {
        let resumes = state.withLock { state in
            guard state.end == nil else { return false }
            state.upload.writtenBytes += bytes.count
            if let uploadLength, state.upload.writtenBytes > uploadLength {
                state.upload.failure = CurlError(code: .uploadFailed, detail: "it is longer than \(uploadLength) bytes")
            }
            state.upload.unsent += bytes
            defer { state.upload.isPaused = false }
            return state.upload.isPaused
        }
        if resumes { engine.enqueue(.resumeSending(self)) }
        await waitForRoom { $0.unsentBytes <= Self.maximumUnsentBytes }
        if state.withLock({ $0.end != nil }) { throw CancellationError() }
    }

    private func finishUpload(_ failure: CurlError?) {
        let resumes = state.withLock { state in
            state.upload.hasEnded = true
            if let failure, state.upload.failure == nil { state.upload.failure = failure }
            if let uploadLength, state.upload.writtenBytes < uploadLength, state.upload.failure == nil {
                state.upload.failure = CurlError(
                    code: .uploadFailed,
                    detail: "it ended after \(state.upload.writtenBytes) of \(uploadLength) bytes"
                )
            }
            defer { state.upload.isPaused = false }
            return state.upload.isPaused && state.end == nil
        }
        if resumes { engine.enqueue(.resumeSending(self)) }
    }

    /// Waits until the engine has changed the upload; the end of the exchange ends the wait.
    private nonisolated(nonsending) func waitForRoom(_ isReady: @Sendable (borrowing Upload) -> Bool) async {
        await withUnsafeContinuation { continuation in
            let waits = state.withLock { state in
                guard state.end == nil, !isReady(state.upload), state.upload.writer == nil else { return false }
                state.upload.writer = continuation
                return true
            }
            if !waits { continuation.resume() }
        }
    }

    // MARK: The request's body, for the engine

    /// The next part of the body.
    enum Filling {
        case bytes(Int)
        case end
        case pause
        case failure(CurlError)
    }

    /// Writes the next part of the body into a buffer.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Filling {
        let (filling, writer) = state.withLock { state in
            let filling = Self.fill(buffer, from: &state.upload)
            let hasRoom = state.upload.unsentBytes <= Self.maximumUnsentBytes / 2
            return (filling, hasRoom ? state.upload.writer.take() : nil)
        }
        writer?.resume()
        return filling
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from upload: inout Upload) -> Filling {
        upload.isWanted = true
        if let failure = upload.failure { return .failure(failure) }
        let count = min(buffer.count, upload.unsentBytes)
        guard count > 0 else {
            if upload.hasEnded { return .end }
            upload.isPaused = true
            return .pause
        }
        buffer.copyBytes(from: upload.unsent[upload.offset..<(upload.offset + count)])
        upload.offset += count
        if upload.unsentBytes == 0 {
            upload.unsent.removeAll(keepingCapacity: upload.unsent.count <= maximumUnsentBytes)
            upload.offset = 0
        }
        return .bytes(count)
    }
}
