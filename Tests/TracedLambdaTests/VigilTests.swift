import SpanExport
import Testing

@testable import TracedLambda

@Suite("What is done beside a handler")
struct VigilTests {
    private static let margin = Duration.milliseconds(200)

    private func steps(_ preparation: ExportPreparation) -> [String] {
        var vigil = Vigil(preparation: preparation, margin: Self.margin)
        return (0..<5).map { _ in "\(vigil.takeStep())" }
    }

    @Test("One step after another, the connection's only when it needs work")
    func order() {
        let always = ["sendEndedSpans", "cutShort", "giveUp", "giveUp"]
        #expect(steps(.none) == always + ["giveUp"])
        #expect(steps(.connect) == ["prepare"] + always)
        #expect(steps(.probe) == ["prepare"] + always)
    }

    @Test("A connection is opened only beside a handler that takes its time; a probe is made at once")
    func preparation() {
        let delay = Duration.milliseconds(Vigil.preparationDelayMilliseconds)
        #expect(Vigil(preparation: .connect, margin: Self.margin).patience(remaining: .seconds(3)) == delay)
        #expect(Vigil(preparation: .probe, margin: Self.margin).patience(remaining: .seconds(3)) == .zero)
        #expect(
            Vigil(preparation: .connect, margin: Self.margin).patience(remaining: .milliseconds(203))
                == .milliseconds(3)
        )
    }

    @Test("Ended spans go a margin before the deadline, open ones half a margin, and the end comes well after it")
    func deadline() {
        var vigil = Vigil(preparation: .none, margin: Self.margin)
        #expect(vigil.patience(remaining: .seconds(3)) == .milliseconds(2_800))
        #expect(vigil.patience(remaining: .milliseconds(100)) == .zero)
        _ = vigil.takeStep()
        #expect(vigil.patience(remaining: .milliseconds(150)) == .milliseconds(50))
        _ = vigil.takeStep()
        #expect(vigil.patience(remaining: .milliseconds(90)) == .milliseconds(90) + .seconds(Vigil.overrunGraceSeconds))
        #expect(vigil.patience(remaining: .zero) == .seconds(Vigil.overrunGraceSeconds))
    }
}
