/// Retention limits of a trace database.
package struct TraceRetention: Sendable, Hashable {
    /// The default age limit: a session without arrivals for this long is removed, in seconds.
    package static let defaultAgeSeconds: Int64 = 7 * 86_400
    /// The default size limit, beyond which the oldest sessions are removed, in bytes.
    package static let defaultSizeBytes: Int64 = 512 * 1_024 * 1_024
    /// Divisor for a single session above the size limit: this fraction of its spans is removed at a time, oldest
    /// first.
    package static let removedSpanShare = 10

    /// The age limit: a session without arrivals for this long is removed, in seconds.
    package let ageSeconds: Int64
    /// The size limit, beyond which the oldest sessions are removed, in bytes.
    package let sizeBytes: Int64

    /// Creates retention limits.
    ///
    /// - Parameters:
    ///   - ageSeconds: The age limit: a session without arrivals for this long is removed.
    ///   - sizeBytes: The size limit, beyond which the oldest sessions are removed.
    package init(ageSeconds: Int64 = defaultAgeSeconds, sizeBytes: Int64 = defaultSizeBytes) {
        self.ageSeconds = ageSeconds
        self.sizeBytes = sizeBytes
    }
}
