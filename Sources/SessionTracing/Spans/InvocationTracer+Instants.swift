internal import Tracing

extension InvocationTracer {
    /// Returns the time of an instant of swift-distributed-tracing on this invocation's clock, in nanoseconds since the
    /// Unix epoch.
    ///
    /// If a caller passes no instant, that package reads the system's wall clock, which may be adjusted during the
    /// invocation and differs from the clock of the other spans. An instant that equals the current wall time is
    /// therefore replaced by the invocation's current time; any other instant is used unchanged.
    func unixNanoseconds<Instant: TracerInstant>(of instant: () -> Instant) -> UInt64 {
        let before = TraceClock.system.wallNanoseconds()
        let named = instant().nanosecondsSinceEpoch
        let wasReadNow = named >= before && named <= TraceClock.system.wallNanoseconds()
        return wasReadNow ? now() : named
    }
}
