import Glibc

/// The system's clocks in nanoseconds.
enum Clock {
    static let nanosecondsPerSecond: Int64 = 1_000_000_000
    static let nanosecondsPerMillisecond: Int64 = 1_000_000

    /// The time of the monotonic clock, in nanoseconds.
    static var now: Int64 { read(CLOCK_MONOTONIC) }

    static var millisecondsSince1970: Int64 { read(CLOCK_REALTIME) / nanosecondsPerMillisecond }

    static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * nanosecondsPerSecond + Int64(time.tv_nsec)
    }
}

extension Int64 {
    /// This number of nanoseconds in milliseconds.
    var milliseconds: Double { Double(self) / Double(Clock.nanosecondsPerMillisecond) }
}
