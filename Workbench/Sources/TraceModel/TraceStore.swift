/// Where the collector puts what it receives, and the renderers find it.
package protocol TraceStore: Sendable {
    /// Keeps what has arrived; never fails, as a full store counts what it drops.
    ///
    /// - Parameters:
    ///   - arrival: What has arrived.
    ///   - instant: When.
    func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant)

    /// What the store holds now.
    ///
    /// - Returns: A copy that later arrivals do not change.
    func snapshot() -> TraceSnapshot
}
