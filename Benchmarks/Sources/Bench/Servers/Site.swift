import Glibc

/// What all rows share: the programs, the thread's poller, and how thorough the run is.
struct Site {
    let poller = Poller()
    let subjects: [Subject]
    /// What a quick run takes fewer of.
    let isQuick: Bool
    /// For logs.
    let directory: String
    /// Where the functions' crash journals are, which a new sandbox has none of.
    let journals: String
    /// What Lambda unpacks a function's zip into.
    let taskRoot: String
    let zip: String
    let microBenchmarks: String
    /// The checkout.
    let root: String
    /// The Python of the end-to-end tests.
    let python: String
    /// Where commands are looked for.
    let path: String

    func subject(_ name: Subject.Name) throws -> Subject {
        guard let subject = subjects.first(where: { $0.name == name }) else { throw BenchError("no \(name.rawValue)") }
        return subject
    }

    /// A count for a thorough run, and the one for a quick one.
    func count(_ thorough: Int, quick: Int) -> Int { isQuick ? quick : thorough }

    func emptyJournals() throws {
        guard let listing = opendir(journals) else { throw BenchError.system(journals) }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(journals)/\(name)")
        }
    }
}
