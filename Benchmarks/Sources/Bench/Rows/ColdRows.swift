/// Measures cold starts: a new process each time, all subjects in turn.
enum ColdRows: RowGroup {
    static let name = "cold"

    static let firstPoll = "cold start to first /next"
    static let firstAnswer = "cold start to first response"
    static let faults = "page faults to the first response"

    static func measure(in site: Site) throws -> [Row] {
        let turnCount = site.count(60, quick: 15)
        let slowTurns = site.count(10, quick: 8)
        var polls: [Subject.Name: [Double]] = [:]
        var answers: [Subject.Name: [Double]] = [:]
        var faultCounts: [Subject.Name: [Double]] = [:]
        for turn in 0..<turnCount {
            for subject in site.subjects where !subject.isSlow || turn % slowTurns == 0 {
                let function = try Function(subject, in: site)
                polls[subject.name, default: []].append(try function.start().milliseconds)
                answers[subject.name, default: []].append(try function.firstAnswer(Events.small).milliseconds)
                faultCounts[subject.name, default: []].append(Double(try function.minorFaultCount()))
                function.stop()
            }
        }
        return [
            Row(name: firstPoll, unit: "ms", summaries: polls),
            Row(name: firstAnswer, unit: "ms", summaries: answers),
            Row(name: faults, unit: "", summaries: faultCounts),
        ]
    }
}
