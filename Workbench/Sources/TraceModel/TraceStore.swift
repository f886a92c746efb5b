/// Where the collector puts what it receives.
package protocol TraceStore: Sendable {
    /// Keeps what has arrived.
    ///
    /// - Parameters:
    ///   - arrival: What has arrived.
    ///   - instant: When.
    /// - Throws: What keeps it from being kept; its sender must then be told to try again. A store that is full and says
    ///   so by its own count throws nothing.
    func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws
}
