/// A group of rows measured together; `--only NAME` runs one group.
protocol RowGroup {
    static var name: String { get }

    static func measure(in site: Site) throws -> [Row]
}
