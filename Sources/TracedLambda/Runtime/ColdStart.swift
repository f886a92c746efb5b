internal import Synchronization

/// Tells a process's first invocation from all others.
final class ColdStart: Sendable {
    private let isPending = Atomic(true)

    /// - Returns: True once.
    func take() -> Bool { isPending.exchange(false, ordering: .relaxed) }
}
