/// Hands out a key that may change while the process runs.
package protocol KeySource: Sendable {
    /// The key to send with the next request.
    ///
    /// - Parameter budget: The longest that this may block.
    /// - Returns: The key, without anything around it.
    /// - Throws: ``KeyUnavailable`` when there is none for now; a later call may have one.
    func key(within budget: Duration) throws(KeyUnavailable) -> String

    /// Looks for the key that has taken the place of one that the collector refused.
    ///
    /// - Parameters:
    ///   - refused: The key that was sent.
    ///   - budget: The longest that this may block.
    /// - Returns: Another key, or nil when the refused one is the one that is kept.
    /// - Throws: ``KeyUnavailable`` when that cannot be told for now.
    func replacement(for refused: String, within budget: Duration) throws(KeyUnavailable) -> String?
}

/// Why there is no key for now; holds none.
package struct KeyUnavailable: Error, Sendable, Equatable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
