/// Provides an API key that may change while the process runs.
package protocol KeySource: Sendable {
    /// Returns the key for the next request.
    ///
    /// - Parameter budget: The maximum time to block.
    /// - Returns: The key without surrounding white space.
    /// - Throws: ``KeyUnavailable`` if there is currently no key; a later call may succeed.
    func key(within budget: Duration) throws(KeyUnavailable) -> String

    /// Returns the key that replaced a rejected one.
    ///
    /// - Parameters:
    ///   - refused: The key that the collector rejected.
    ///   - budget: The maximum time to block.
    /// - Returns: Another key, or nil if the rejected key is still the stored one.
    /// - Throws: ``KeyUnavailable`` if the stored key cannot be read currently.
    func replacement(for refused: String, within budget: Duration) throws(KeyUnavailable) -> String?
}

/// The error of a key that is currently unavailable; contains no key.
package struct KeyUnavailable: Error, Sendable, Equatable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
