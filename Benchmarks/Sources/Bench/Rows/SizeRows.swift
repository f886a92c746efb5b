/// Measures the deployed files.
enum SizeRows: RowGroup {
    static let name = "size"

    static let zip = "zip"
    static let executable = "executable"

    static func measure(in site: Site) throws -> [Row] {
        var zip = Row(name: zip, unit: "MB")
        zip[.ours] = Summary(Double(try File.size(site.zip)) / 1e6)
        var executable = Row(name: executable, unit: "MB")
        for name in [Subject.Name.floor, .ours] {
            executable[name] = Summary(Double(try File.size(try site.subject(name).command[0])) / 1e6)
        }
        return [zip, executable]
    }
}
