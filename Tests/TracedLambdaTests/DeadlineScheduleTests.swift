import SpanExport
import Testing

@testable import TracedLambda

@Suite("What is done beside a handler")
struct DeadlineScheduleTests {
    private static let margin = Duration.milliseconds(200)

    private static let deadline = Duration.seconds(3)

    private func schedule(_ preparation: ExportPreparation, deadline: Duration = Self.deadline) -> DeadlineSchedule {
        DeadlineSchedule(preparation: preparation, margin: Self.margin, deadline: deadline)
    }

    private func steps(_ preparation: ExportPreparation) -> [String] {
        var schedule = schedule(preparation)
        return (0..<6).compactMap { _ in schedule.advance().map { "\($0)" } }
    }

    @Test("One step after another, the connection's only when it needs work")
    func order() {
        let always = ["sendEndedSpans", "failOpenSpans", "exitProcess"]
        #expect(steps(.none) == always)
        #expect(steps(.connect) == ["prepare"] + always)
        #expect(steps(.probe) == ["prepare"] + always)
    }

    @Test("A connection is opened only beside a handler that takes its time; a probe is made at once")
    func preparation() {
        let delay = Duration.milliseconds(DeadlineSchedule.preparationDelayMilliseconds)
        #expect(schedule(.connect).timeUntilNextStep(elapsed: .zero) == delay)
        #expect(schedule(.connect).timeUntilNextStep(elapsed: .milliseconds(4)) == delay - .milliseconds(4))
        #expect(schedule(.connect).timeUntilNextStep(elapsed: delay) == .zero)
        #expect(schedule(.probe).timeUntilNextStep(elapsed: .zero) == .zero)
        #expect(schedule(.connect, deadline: .milliseconds(203)).timeUntilNextStep(elapsed: .zero) == .milliseconds(3))
    }

    @Test("Ended spans go a margin before the deadline, open ones half a margin, and the end comes well after it")
    func deadline() {
        var schedule = schedule(.none)
        #expect(schedule.timeUntilNextStep(elapsed: .zero) == .milliseconds(2_800))
        #expect(schedule.timeUntilNextStep(elapsed: .milliseconds(2_900)) == .zero)
        _ = schedule.advance()
        #expect(schedule.timeUntilNextStep(elapsed: .milliseconds(2_850)) == .milliseconds(50))
        _ = schedule.advance()
        #expect(
            schedule.timeUntilNextStep(elapsed: .milliseconds(2_910)) == .milliseconds(90)
                + .seconds(DeadlineSchedule.overrunGraceSeconds)
        )
        #expect(schedule.timeUntilNextStep(elapsed: Self.deadline) == .seconds(DeadlineSchedule.overrunGraceSeconds))
        #expect(
            schedule.timeUntilNextStep(elapsed: Self.deadline + .seconds(DeadlineSchedule.overrunGraceSeconds)) == .zero
        )
        _ = schedule.advance()
        #expect(schedule.timeUntilNextStep(elapsed: .seconds(3_600)) == nil)
    }

    @Test("A preparation that is late gives way to the steps before the deadline")
    func latePreparation() {
        var schedule = schedule(.connect)
        schedule.skipLatePreparation(elapsed: .milliseconds(2_799))
        #expect(schedule.step == .prepare)
        schedule.skipLatePreparation(elapsed: .milliseconds(2_800))
        #expect(schedule.step == .sendEndedSpans)
        schedule.skipLatePreparation(elapsed: .seconds(9))
        #expect(schedule.step == .sendEndedSpans)
    }
}
