/// One row of the table.
struct Row: Encodable {
    let name: String
    let unit: String
    /// The values by column name, usually a subject's name.
    var values: [String: Summary] = [:]

    subscript(subject: Subject.Name) -> Summary? {
        get { values[subject.rawValue] }
        set { values[subject.rawValue] = newValue }
    }

    /// Returns the ratio of two columns.
    func ratio(
        _ numerator: Subject.Name,
        _ denominator: Subject.Name,
        of value: KeyPath<Summary, Double> = \.median
    ) -> Double? {
        guard let above = self[numerator], let below = self[denominator], below[keyPath: value] > 0 else { return nil }
        return above[keyPath: value] / below[keyPath: value]
    }
}

extension Row {
    init(name: String, unit: String, summaries: [Subject.Name: [Double]]) {
        self.init(name: name, unit: unit)
        for (subject, values) in summaries { self[subject] = Summary(values) }
    }
}
