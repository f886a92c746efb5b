internal import CCurl
internal import Platform

/// The time limit of one exchange.
///
/// libcurl would end a transfer whose time is over before it reads what has arrived: a process that did not run for a
/// while, frozen or without a processor, would lose a response that came in time. So libcurl is given no limit, and an
/// exchange ends when its time was over before its socket was last read.
struct ExchangeLimit {
    private let timeout: Duration
    /// The end of the time, in nanoseconds of the monotonic clock.
    let end: UInt64

    /// Starts the time of an exchange.
    init(_ timeout: Duration) {
        self.timeout = timeout
        end = Self.now + UInt64(max(1, timeout.wholeMilliseconds)) * Self.nanosecondsPerMillisecond
    }

    /// The present time in nanoseconds of the monotonic clock.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static let nanosecondsPerMillisecond: UInt64 = 1_000_000

    /// Returns the time from one point to another in milliseconds, rounded up and capped; 0 if it is over.
    static func milliseconds(from start: UInt64, to end: UInt64) -> Int32 {
        guard end > start else { return 0 }
        return Int32(clamping: (end - start - 1) / nanosecondsPerMillisecond + 1)
    }

    /// Describes an exchange that has passed its limit.
    ///
    /// - Parameters:
    ///   - handle: Its easy handle.
    ///   - errorText: Receives the description in place of libcurl's message.
    func describeTimeout(of handle: UnsafeMutableRawPointer, in errorText: UnsafeMutablePointer<CChar>) {
        var requestBytes = 0
        var bodyBytes: curl_off_t = 0
        ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestBytes)
        ccurl_get_offset(handle, CURLINFO_SIZE_DOWNLOAD_T, &bodyBytes)
        let text =
            requestBytes == 0
            ? "no connection within \(timeout.wholeMilliseconds) ms"
            : "no complete response within \(timeout.wholeMilliseconds) ms, \(bodyBytes) bytes of its body received"
        strncpy(errorText, text, Int(CURL_ERROR_SIZE) - 1)
    }
}
