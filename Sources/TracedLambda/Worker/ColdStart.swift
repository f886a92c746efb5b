internal import Synchronization

/// Detects a process's first invocation.
final class ColdStart: Sendable {
    private let isPending = Atomic(true)

    /// Returns true on the first call only.
    func take() -> Bool { isPending.exchange(false, ordering: .relaxed) }
}
