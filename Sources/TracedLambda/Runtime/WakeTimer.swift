internal import CTimer
internal import Glibc

/// Wakes the one thread that sleeps on it, at a time that others set: to set it wakes nobody.
final class WakeTimer: Sendable {
    /// No deadline of an invocation is so far away.
    private static let maximumNanoseconds: UInt64 = 1 << 62
    private let descriptor: Int32

    /// Nil when the process has no descriptor left.
    init?() {
        descriptor = ctimer_create()
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// Starts it, in place of the time that was set before.
    ///
    /// - Parameter delay: The time from now; none at all, or less, is now.
    func set(after delay: Duration) {
        ctimer_set(descriptor, min(max(1, delay.wholeNanoseconds), Self.maximumNanoseconds))
    }

    /// Takes the time back.
    func clear() {
        ctimer_set(descriptor, 0)
    }

    /// Sleeps until it fires.
    ///
    /// - Returns: False when the system does not let it.
    func wait() -> Bool {
        ctimer_wait(descriptor)
    }
}
