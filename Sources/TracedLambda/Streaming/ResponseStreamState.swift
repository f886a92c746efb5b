/// The state of a ``ResponseStream``: its phase and its unsent bytes.
struct ResponseStreamState {
    enum Phase {
        /// Nothing has been written; an error can still be reported as a function error.
        case pending(prelude: [UInt8], contentType: String)
        case open
        /// The handler has returned.
        case finished
        /// The response can no longer be sent.
        case aborted(reason: String)
    }

    var phase = Phase.pending(prelude: [], contentType: "application/octet-stream")
    /// The value of `contentType` when the stream was opened.
    var contentType = ""
    var bytes: [UInt8] = []
    /// The number of `bytes` that have been taken.
    var takenCount = 0
    var writtenCount = 0
    var firstByteUnixNanoseconds: UInt64?
    var status: Int?
    /// The beginning of the body without the prelude, as much as a trace records; nil unless the trace records it.
    var keptBody: [UInt8]?
    var waitingWriters: [CheckedContinuation<Void, Never>] = []

    var pendingCount: Int { bytes.count - takenCount }

    var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    var hasStarted: Bool { firstByteUnixNanoseconds != nil }

    /// The beginning of the body and the size of all of it; nil before the first byte, and unless the trace records it.
    var recordableBody: (beginning: [UInt8], size: Int)? {
        guard hasStarted, let keptBody else { return nil }
        return (keptBody, writtenCount)
    }

    /// Prevents further writes by the handler.
    mutating func finish() {
        switch phase {
        case .pending, .open: phase = .finished
        case .finished, .aborted: break
        }
    }

    func checkIsNotAborted() throws(ResponseStreamError) {
        if case .aborted = phase { throw refusal(.closed) }
    }

    mutating func set(prelude: [UInt8], status: Int) throws(ResponseStreamError) {
        guard case .pending = phase else { throw refusal(.alreadyStarted) }
        phase = .pending(prelude: prelude, contentType: ResponseHead.contentType)
        self.status = status
    }

    private func refusal(_ code: ResponseStreamError.Code) -> ResponseStreamError {
        switch phase {
        case .aborted(let reason): ResponseStreamError(code: .closed, detail: reason)
        case .finished: ResponseStreamError(code: .closed, detail: "the handler has returned")
        case .pending, .open: ResponseStreamError(code: code, detail: "")
        }
    }

    /// Opens the stream if it is pending; returns the message to the worker's thread.
    mutating func open(_ stream: ResponseStream, now: () -> UInt64) -> InvocationMessage? {
        guard case .pending(let prelude, let contentType) = phase else { return nil }
        phase = .open
        self.contentType = contentType
        bytes = prelude
        firstByteUnixNanoseconds = now()
        return .streamStarted(stream)
    }

    /// Appends a piece; returns the message to the worker's thread.
    mutating func append(
        _ piece: some Collection<UInt8>,
        now: () -> UInt64,
        to stream: ResponseStream
    ) throws(ResponseStreamError) -> InvocationMessage? {
        switch phase {
        case .finished, .aborted: throw refusal(.closed)
        case .pending, .open: break
        }
        guard !piece.isEmpty else { return nil }
        guard piece.count <= ResponseStream.maximumResponseBytes - writtenCount else {
            throw ResponseStreamError(code: .tooLarge, detail: "over \(ResponseStream.maximumResponseBytes) bytes")
        }
        writtenCount += piece.count
        let wasEmpty = pendingCount == 0
        let start = open(stream, now: now)
        bytes.append(contentsOf: piece)
        if let keptCount = keptBody?.count {
            keptBody?.append(contentsOf: piece.prefix(PayloadCapture.maximumBytes - keptCount))
        }
        return start ?? (wasEmpty ? .streamAdvanced : nil)
    }

    /// Moves unsent bytes into a buffer, and releases the memory of those taken.
    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, pendingCount)
        buffer.copyBytes(from: bytes[takenCount..<(takenCount + count)])
        takenCount += count
        if pendingCount == 0 {
            bytes.removeAll(keepingCapacity: true)
            takenCount = 0
        } else if takenCount > ResponseStream.maximumUnsentBytes, takenCount >= pendingCount {
            // Moves at most as many bytes as have been taken, so that a large piece takes linear time.
            bytes.removeFirst(takenCount)
            takenCount = 0
        }
        return count
    }

    mutating func takeWriters() -> [CheckedContinuation<Void, Never>] {
        defer { waitingWriters = [] }
        return waitingWriters
    }
}
