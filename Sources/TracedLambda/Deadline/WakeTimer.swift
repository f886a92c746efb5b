internal import CProcess
internal import Platform

/// A timer that wakes one waiting thread at a time set by other threads; setting it does not wake the thread.
final class WakeTimer: Sendable {
    /// The maximum delay, in nanoseconds; no deadline is later.
    private static let maximumNanoseconds: UInt64 = 1 << 62
    private let descriptor: Int32

    /// Creates a stopped timer; nil if the process has no descriptor left.
    init?() {
        descriptor = cprocess_timer_create()
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// Starts the timer, replacing the previous time.
    ///
    /// - Parameter delay: The delay from now; zero or less fires at once.
    func set(after delay: Duration) {
        cprocess_timer_set(descriptor, min(max(1, delay.wholeNanoseconds), Self.maximumNanoseconds))
    }

    func clear() {
        cprocess_timer_set(descriptor, 0)
    }

    /// Blocks until the timer fires.
    ///
    /// - Returns: False if waiting failed.
    func wait() -> Bool {
        cprocess_timer_wait(descriptor)
    }
}
