import Testing

@testable import WireText

@Suite("Retry-After")
struct RetryAfterTests {
    /// 2027-01-15T08:00:00Z, in seconds since the Unix epoch.
    static let now = 1_800_000_000

    @Test(
        "Seconds, up to an hour",
        arguments: [
            ("0", 0), ("1", 1), ("120", 120), ("007", 7), ("3600", 3_600), ("3601", 3_600), ("86400", 3_600),
            ("99999999999999999999999999", 3_600),
        ]
    )
    func seconds(text: String, seconds: Int) {
        #expect(RetryAfter.parse(text, unixSeconds: Self.now) == .seconds(seconds))
    }

    @Test(
        "An HTTP date, counted from now; the past is now, and more than an hour is an hour",
        arguments: [
            ("Fri, 15 Jan 2027 08:00:00 GMT", 0), ("Fri, 15 Jan 2027 08:00:01 GMT", 1),
            ("Fri, 15 Jan 2027 08:02:05 GMT", 125), ("Fri, 15 Jan 2027 07:59:59 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Fri, 15 Jan 2027 09:00:00 GMT", 3_600),
            ("Sat, 16 Jan 2027 08:00:00 GMT", 3_600), ("Fri, 31 Dec 9999 23:59:59 GMT", 3_600),
        ]
    )
    func date(text: String, seconds: Int) {
        #expect(RetryAfter.parse(text, unixSeconds: Self.now) == .seconds(seconds))
    }

    @Test(
        "Dates are of the Gregorian calendar, leap days among them",
        arguments: [
            ("Thu, 29 Feb 2024 00:00:10 GMT", 1_709_164_800), ("Fri, 01 Mar 2024 00:00:10 GMT", 1_709_251_200),
            ("Tue, 29 Feb 2000 00:00:10 GMT", 951_782_400), ("Mon, 01 Mar 2100 00:00:10 GMT", 4_107_542_400),
            ("Thu, 01 Jan 1970 00:00:10 GMT", 0), ("Wed, 31 Dec 2025 00:00:10 GMT", 1_767_139_200),
        ]
    )
    func calendar(text: String, midnight: Int) {
        #expect(RetryAfter.parse(text, unixSeconds: midnight) == .seconds(10))
    }

    @Test(
        "Junk is no delay",
        arguments: [
            "", " ", "-1", "+1", "1.5", "1e3", "0x10", "1 2", "soon", "１", "Fri, 15 Jan 2027",
            "Fri, 15 Jan 2027 08:00:00",
            "Fri, 15 Jan 2027 08:00:00 CET", "Fri, 15 Foo 2027 08:00:00 GMT", "Fri, 00 Jan 2027 08:00:00 GMT",
            "Fri, 32 Jan 2027 08:00:00 GMT", "Fri, 15 Jan 2027 25:00:00 GMT", "Fri, 15 Jan 2027 08:61:00 GMT",
            "Fri, 15 Jan 2027 08:x:00:00 GMT", "Fri, 15 Jan 2027 08:00 GMT", "Fri, x Jan 2027 08:00:00 GMT",
            "Fri, 15 Jan 99999999999999999999 08:00:00 GMT", "Fri, 15 Jan -2027 08:00:00 GMT",
        ]
    )
    func junk(_ text: String) {
        #expect(RetryAfter.parse(text, unixSeconds: Self.now) == nil)
    }
}
