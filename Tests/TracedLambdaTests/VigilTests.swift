import SpanExport
import Testing

@testable import TracedLambda

@Suite("What is done beside a handler")
struct VigilTests {
    private static let margin = Duration.milliseconds(200)

    private static let deadline = Duration.seconds(3)

    private func vigil(_ preparation: ExportPreparation, deadline: Duration = Self.deadline) -> Vigil {
        Vigil(preparation: preparation, margin: Self.margin, deadline: deadline)
    }

    private func steps(_ preparation: ExportPreparation) -> [String] {
        var vigil = vigil(preparation)
        return (0..<6).compactMap { _ in vigil.takeStep().map { "\($0)" } }
    }

    @Test("One step after another, the connection's only when it needs work")
    func order() {
        let always = ["sendEndedSpans", "cutShort", "giveUp"]
        #expect(steps(.none) == always)
        #expect(steps(.connect) == ["prepare"] + always)
        #expect(steps(.probe) == ["prepare"] + always)
    }

    @Test("A connection is opened only beside a handler that takes its time; a probe is made at once")
    func preparation() {
        let delay = Duration.milliseconds(Vigil.preparationDelayMilliseconds)
        #expect(vigil(.connect).patience(after: .zero) == delay)
        #expect(vigil(.connect).patience(after: .milliseconds(4)) == delay - .milliseconds(4))
        #expect(vigil(.connect).patience(after: delay) == .zero)
        #expect(vigil(.probe).patience(after: .zero) == .zero)
        #expect(vigil(.connect, deadline: .milliseconds(203)).patience(after: .zero) == .milliseconds(3))
    }

    @Test("Ended spans go a margin before the deadline, open ones half a margin, and the end comes well after it")
    func deadline() {
        var vigil = vigil(.none)
        #expect(vigil.patience(after: .zero) == .milliseconds(2_800))
        #expect(vigil.patience(after: .milliseconds(2_900)) == .zero)
        _ = vigil.takeStep()
        #expect(vigil.patience(after: .milliseconds(2_850)) == .milliseconds(50))
        _ = vigil.takeStep()
        #expect(vigil.patience(after: .milliseconds(2_910)) == .milliseconds(90) + .seconds(Vigil.overrunGraceSeconds))
        #expect(vigil.patience(after: Self.deadline) == .seconds(Vigil.overrunGraceSeconds))
        #expect(vigil.patience(after: Self.deadline + .seconds(Vigil.overrunGraceSeconds)) == .zero)
        _ = vigil.takeStep()
        #expect(vigil.patience(after: .seconds(3_600)) == nil)
    }
}
