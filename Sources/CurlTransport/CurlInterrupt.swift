internal import CCurl
internal import Synchronization

/// Ends an exchange early, from another thread.
///
/// Raised once, it ends the exchange that it is given to, and any later one at once.
package final class CurlInterrupt: Sendable {
    private struct State: @unchecked Sendable {
        var isRaised = false
        /// The transfer under way.
        ///
        /// The lock makes sure that it is alive when it is woken up.
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
