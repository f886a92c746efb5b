internal import Tracing

extension InvocationTracer {
    /// A moment as swift-distributed-tracing names it, by this invocation's clock.
    ///
    /// Where a caller names none, that package reads the system's wall clock, which can be set meanwhile and is not what the
    /// invocation's other spans go by. So what has been read just now counts as now, and any other instant as it is.
    func unixNanoseconds<Instant: TracerInstant>(of instant: () -> Instant) -> UInt64 {
        let before = TraceClock.system.wallNanoseconds()
        let named = instant().nanosecondsSinceEpoch
        let wasReadNow = named >= before && named <= TraceClock.system.wallNanoseconds()
        return wasReadNow ? now() : named
    }
}
