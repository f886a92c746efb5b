import NIOCore

/// A streamed response between the function and its caller, with backpressure: the caller may be slower.
final class ResponsePipe: Sendable {
    /// The buffer limit, in bytes; the function waits while the buffer is at or above it.
    static let bufferLimitBytes = 1_048_576

    private struct State: Sendable {
        var contentType: String?
        var hasBegun = false
        var isOver = false
        var isAbandoned = false
        var chunks: [ByteBuffer] = []
        var countBytes = 0
    }

    private let condition = AsyncCondition(State())

    // MARK: Writing

    /// Begins the response.
    func begin(contentType: String?) {
        condition.change { state in
            state.hasBegun = true
            state.contentType = contentType
        }
    }

    /// Appends a chunk, and waits while the buffer is full.
    ///
    /// - Parameter chunk: The chunk; discarded after the caller has disconnected.
    func send(_ chunk: ByteBuffer) async {
        condition.change { state in
            guard chunk.readableBytes > 0, !state.isAbandoned, !state.isOver else { return }
            state.chunks.append(chunk)
            state.countBytes += chunk.readableBytes
        }
        await condition.wait { $0.countBytes < Self.bufferLimitBytes || $0.isAbandoned || $0.isOver }
    }

    /// Marks the end of the response, complete or not.
    func finish() {
        condition.change { $0.isOver = true }
    }

    // MARK: Reading

    /// The content type that the function states.
    var contentType: String? { condition.state.contentType }

    /// Waits for the beginning of the response.
    ///
    /// - Returns: `true` when the response began; `false` when the invocation ended without a streamed response.
    func begins() async -> Bool {
        await condition.wait { $0.hasBegun || $0.isOver }
        return condition.state.hasBegun
    }

    /// Reads the next chunk.
    ///
    /// - Returns: `nil` at the end of the response.
    func next() async -> ByteBuffer? {
        await condition.wait { !$0.chunks.isEmpty || $0.isOver }
        return condition.change { state in
            guard !state.chunks.isEmpty else { return nil }
            let chunk = state.chunks.removeFirst()
            state.countBytes -= chunk.readableBytes
            return chunk
        }
    }

    /// Discards the rest of the response after the caller has disconnected.
    ///
    /// The function goes on, as it does on Lambda.
    func abandon() {
        condition.change { state in
            state.isAbandoned = true
            state.chunks = []
            state.countBytes = 0
        }
    }
}
