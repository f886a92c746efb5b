internal import CCurl
internal import Synchronization

/// Aborts an exchange from another thread.
///
/// Once raised, it aborts the exchange that uses it, and every later one immediately.
package final class CurlInterrupt: Sendable {
    private struct State: @unchecked Sendable {
        var isRaised = false
        /// The multi handle of the running transfer.
        ///
        /// The lock guarantees that the handle is alive when it is woken up.
        var driver: UnsafeMutableRawPointer?
    }

    private let state = Mutex(State())

    package init() {}

    package func raise() {
        state.withLock { state in
            state.isRaised = true
            if let driver = state.driver { curl_multi_wakeup(driver) }
        }
    }

    package var isRaised: Bool { state.withLock { $0.isRaised } }

    func attach(_ driver: UnsafeMutableRawPointer) {
        let driver = State(driver: driver)
        state.withLock { $0.driver = driver.driver }
    }

    func detach() {
        state.withLock { $0.driver = nil }
    }
}
