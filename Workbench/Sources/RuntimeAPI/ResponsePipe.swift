package import NIOCore

/// A streamed response on its way from the function to its caller, who may be slower.
package final class ResponsePipe: Sendable {
    /// Bytes that are held for the caller; the function waits while there are more.
    package static let bufferLimitBytes = 1_048_576

    private struct State: Sendable {
        var contentType: String?
        var hasBegun = false
        var isOver = false
        var isAbandoned = false
        var chunks: [ByteBuffer] = []
        var countBytes = 0
    }

    private let gate = Gate(State())

    /// Makes a pipe for one invocation.
    package init() {}

    // MARK: The function's end

    /// The response begins.
    ///
    /// - Parameter contentType: What the function says that it is.
    package func begin(contentType: String?) {
        gate.change { state in
            state.hasBegun = true
            state.contentType = contentType
        }
    }

    /// Takes a piece in, and waits while there is too much for the caller.
    ///
    /// - Parameter chunk: The piece; thrown away when the caller is gone.
    package func send(_ chunk: ByteBuffer) async {
        gate.change { state in
            guard chunk.readableBytes > 0, !state.isAbandoned, !state.isOver else { return }
            state.chunks.append(chunk)
            state.countBytes += chunk.readableBytes
        }
        await gate.wait { $0.countBytes < Self.bufferLimitBytes || $0.isAbandoned || $0.isOver }
    }

    /// Nothing more comes, whether the response is complete or not.
    package func finish() {
        gate.change { $0.isOver = true }
    }

    // MARK: The caller's end

    /// What the function says that the response is.
    package var contentType: String? { gate.state.contentType }

    /// Waits for the begin of the response.
    ///
    /// - Returns: Whether it began; otherwise the invocation ended without a streamed response.
    package func begins() async -> Bool {
        await gate.wait { $0.hasBegun || $0.isOver }
        return gate.state.hasBegun
    }

    /// The next piece.
    ///
    /// - Returns: `nil` when there is none any more.
    package func next() async -> ByteBuffer? {
        await gate.wait { !$0.chunks.isEmpty || $0.isOver }
        return gate.change { state in
            guard !state.chunks.isEmpty else { return nil }
            let chunk = state.chunks.removeFirst()
            state.countBytes -= chunk.readableBytes
            return chunk
        }
    }

    /// The caller is gone: what still comes is thrown away, as on Lambda, where the function goes on.
    package func abandon() {
        gate.change { state in
            state.isAbandoned = true
            state.chunks = []
            state.countBytes = 0
        }
    }
}
