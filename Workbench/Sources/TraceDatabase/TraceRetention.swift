/// How much a database keeps.
package struct TraceRetention: Sendable, Hashable {
    /// A session to which nothing has come for this long is removed, in seconds.
    package static let defaultAgeSeconds: Int64 = 7 * 86_400
    /// The size beyond which the oldest sessions are removed, in bytes.
    package static let defaultSizeBytes: Int64 = 512 * 1_024 * 1_024
    /// Of a session that alone is over the size, one in this many of its spans is removed at a time, the oldest first.
    package static let removedSpanShare = 10

    /// A session to which nothing has come for this long is removed, in seconds.
    package let ageSeconds: Int64
    /// The size beyond which the oldest sessions are removed, in bytes.
    package let sizeBytes: Int64

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - ageSeconds: A session to which nothing has come for this long is removed.
    ///   - sizeBytes: The size beyond which the oldest sessions are removed.
    package init(ageSeconds: Int64 = defaultAgeSeconds, sizeBytes: Int64 = defaultSizeBytes) {
        self.ageSeconds = ageSeconds
        self.sizeBytes = sizeBytes
    }
}
