/// Storage of the data that the collector receives.
package protocol TraceStore: Sendable {
    /// Stores an arrival.
    ///
    /// - Parameters:
    ///   - arrival: The arrival.
    ///   - instant: The time of arrival.
    /// - Throws: An error when the arrival cannot be stored; its sender must then be told to retry. A store that drops
    ///   and counts data because it is full throws nothing.
    func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws
}
