internal import Synchronization

/// The limit of all bytes that wait in the span buffers of a process, which share it.
package final class BufferBudget: Sendable {
    private let maximumBytes: Int
    private let usedBytes = Atomic(0)

    /// - Parameter maximumBytes: The limit, in bytes.
    package init(maximumBytes: Int = SpanBuffer.maximumBytes) {
        self.maximumBytes = maximumBytes
    }

    /// True if the buffers hold more than the limit.
    var isExceeded: Bool { usedBytes.load(ordering: .relaxed) > maximumBytes }

    /// True if the buffers hold more than half of the limit, so that an export should not wait.
    var isHalfUsed: Bool { usedBytes.load(ordering: .relaxed) > maximumBytes / 2 }

    /// Adds to the bytes that wait; a negative number releases some.
    func use(_ bytes: Int) {
        usedBytes.add(bytes, ordering: .relaxed)
    }
}
