import Testing

@testable import Bench

@Suite("Bars")
struct BarTests {
    private let row = Row(name: "warm", unit: "ms", summaries: [.floor: [1, 2, 3], .ours: [2, 5, 9]])

    @Test(
        "A ratio is one of medians, and that of the minimums is told beside it",
        arguments: [(2.5, true), (2.4, false)]
    )
    func ratio(limit: Double, isMet: Bool) throws {
        let bar = Bar.ratio("warm wall", row: "warm", .ours, .floor, limit: limit)

        let verdict = try #require(bar.verdict(on: [row]))

        #expect(verdict.isMet == isMet)
        #expect(verdict.measured == 2.5)
        #expect(verdict.ofMinimums == 2)
        #expect(verdict.line.hasPrefix(isMet ? "met " : "MISSED"))
    }

    @Test("A bar that is to be exceeded is met from its limit on", arguments: [(0.4, true), (0.5, false)])
    func lowest(limit: Double, isMet: Bool) throws {
        let bar = Bar.ratio("warm wall", row: "warm", .floor, .ours, limit: limit, isLowest: true)

        #expect(try #require(bar.verdict(on: [row])).isMet == isMet)
    }

    @Test("What was not measured gets no verdict")
    func unmeasured() {
        #expect(Bar.value("zip", row: "zip", limit: 6, unit: "MB").verdict(on: [row]) == nil)
        #expect(Bar.ratio("warm wall", row: "warm", .reference, .ours, limit: 1).verdict(on: [row]) == nil)
    }

    @Test("No two bars have the same name")
    func names() {
        #expect(Set(Bar.all.map(\.name)).count == Bar.all.count)
    }
}
