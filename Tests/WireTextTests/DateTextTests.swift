import Foundation
import Testing
import WireText

@Suite("Dates and times as text")
struct DateTextTests {
    @Test(
        "RFC 3339 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (86_399_999, "1970-01-01T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (1_735_689_600_000, "2025-01-01T00:00:00.000Z"),
            (1_772_236_800_000, "2026-02-28T00:00:00.000Z"), (1_772_323_200_000, "2026-03-01T00:00:00.000Z"),
            (1_800_000_000_010, "2027-01-15T08:00:00.010Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
            (4_107_455_999_999, "2100-02-27T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(UInt64, String)]
    )
    func known(milliseconds: UInt64, text: String) {
        #expect(DateText.rfc3339(unixMilliseconds: milliseconds) == text)
    }

    @Test(
        "ISO 8601 in UTC has milliseconds only if there are any",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_767_225_600, "2026-01-01T00:00:00Z"), (0.25, "1970-01-01T00:00:00.250Z"),
            (1_767_225_600.0004, "2026-01-01T00:00:00Z"), (1_767_225_599.9996, "2026-01-01T00:00:00Z"),
            (-0.5, "1969-12-31T23:59:59.500Z"), (-86_400, "1969-12-31T00:00:00Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (-62_167_219_201, "-000001-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, "+010000-01-01T00:00:00Z"), (64_092_211_200, "4001-01-01T00:00:00Z"),
            (1e300, "1e+300 seconds since 1970-01-01T00:00:00Z"), (.infinity, "inf"), (-.infinity, "-inf"),
            (.nan, "nan"),
        ] as [(Double, String)]
    )
    func iso8601(seconds: Double, text: String) {
        #expect(DateText.iso8601(unixSeconds: seconds) == text)
    }

    @Test("ISO 8601 agrees with Foundation on every 37th day from the year 1600 on")
    func iso8601Foundation() throws {
        let style = Date.ISO8601FormatStyle(timeZone: .gmt)
        for day in stride(from: -135_000, to: 146_097, by: 37) {
            let date = Date(timeIntervalSince1970: Double(day * 86_400 + abs(day) * 1_789 % 86_400))
            try #require(DateText.iso8601(unixSeconds: date.timeIntervalSince1970) == date.formatted(style))
        }
    }

    @Test("It agrees with Foundation on every 37th day of four centuries")
    func foundation() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)
        for day in stride(from: UInt64(0), to: 146_097, by: 37) {
            let milliseconds = day * 86_400_000 + day * 1_789 % 86_400_000
            let date = Date(timeIntervalSince1970: Double(milliseconds / 1_000))
            // Foundation rounds the fraction in binary, so the fraction is not compared.
            let expected = date.formatted(style).prefix(20)
            #expect(DateText.rfc3339(unixMilliseconds: milliseconds).prefix(20) == expected)
        }
    }

    @Test("An HTTP date is read back, on every 37th day of four centuries")
    func httpDates() throws {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian)
        )
        for day in stride(from: 0, to: 146_097, by: 37) {
            let seconds = day * 86_400 + day * 1_789 % 86_400
            let text = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
            try #require(DateText.unixSeconds(ofHTTPDate: text) == seconds, "\(text)")
        }
    }

    @Test("A leap second is a time, and what has no such form is none")
    func oddHTTPDates() {
        #expect(DateText.unixSeconds(ofHTTPDate: "Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_800)
        for text in [
            "", "Sat, 31 Dec 2016 23:59:61 GMT", "Sat, 31 Dec 2016 24:00:00 GMT", "Sat, 31 Dec 1969 23:59:59 GMT",
            "Saturday, 31-Dec-16 23:59:59 GMT", "Sat Dec 31 23:59:59 2016", "Sat, 31 Dec 2016 23:59:59 UTC",
        ] {
            #expect(DateText.unixSeconds(ofHTTPDate: text) == nil, "\(text)")
        }
    }
}
