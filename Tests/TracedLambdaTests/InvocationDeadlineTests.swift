import SessionTracing
import Testing

@testable import TracedLambda

@Suite("The invocation's deadline")
struct InvocationDeadlineTests {
    private let clock = ManualClock()
    private static let now = ManualClock.startUnixMilliseconds
    private static let longest: UInt64 = 900_000

    @Test("A deadline ahead is kept to the millisecond", arguments: [1, 30_000, 899_999, 900_000] as [UInt64])
    func given(_ milliseconds: UInt64) {
        let deadline = InvocationDeadline(header: String(Self.now + milliseconds), clock: clock.traceClock)
        #expect(deadline.isGiven)
        #expect(deadline.unixMilliseconds == Self.now + milliseconds)
        #expect(deadline.remaining == .milliseconds(milliseconds))
        clock.advance(by: .microseconds(milliseconds * 250))
        #expect(deadline.remaining == .microseconds(milliseconds * 750))
    }

    @Test("After the deadline nothing remains, and never less")
    func over() {
        let deadline = InvocationDeadline(header: String(Self.now + 1_000), clock: clock.traceClock)
        clock.advance(by: .milliseconds(1_000))
        #expect(deadline.remaining == .zero)
        clock.advance(by: .seconds(5_000))
        #expect(deadline.remaining == .zero)
    }

    @Test("A step of the wall's clock does not move it", arguments: [-3_600_000, -1, 1, 3_600_000] as [Int64])
    func wallStep(_ milliseconds: Int64) {
        let deadline = InvocationDeadline(header: String(Self.now + 30_000), clock: clock.traceClock)
        clock.stepWall(byMilliseconds: milliseconds)
        clock.advance(by: .seconds(10))
        #expect(deadline.remaining == .seconds(20))
        #expect(deadline.unixMilliseconds == Self.now + 30_000)
    }

    @Test(
        "A deadline that is missing, junk, past or further away than Lambda allows is Lambda's longest",
        arguments: [
            nil, "", "soon", "-1", "1.5", "0", "1", "0x10", "1e12", "١", "99999999999999999999999", String(UInt64.max),
            String(now), String(now - 1), String(now + longest + 1), String(now + 30 * 86_400_000), "\(now + 5) ",
        ]
    )
    func notGiven(_ header: String?) {
        let deadline = InvocationDeadline(header: header, clock: clock.traceClock)
        #expect(!deadline.isGiven)
        #expect(deadline.remaining == .milliseconds(Self.longest))
        #expect(deadline.unixMilliseconds == Self.now + Self.longest)
    }
}
