import Glibc

/// The data shared by all rows: the programs, the thread's poller, and the thoroughness of the run.
struct Site {
    let poller = Poller()
    let subjects: [Subject]
    /// True to make fewer measurements.
    let isQuick: Bool
    /// The directory for logs.
    let directory: String
    /// The directory of the functions' crash journals; a new sandbox has none.
    let journals: String
    /// The directory with the unpacked zip of the function.
    let taskRoot: String
    let zip: String
    let microBenchmarks: String
    /// The path of the program of Benchmarks/Calls.
    let calls: String
    /// The path of the packaged program of Benchmarks/CallFunction.
    let callFunction: String
    /// The root of the checkout.
    let root: String
    /// The path of the Python interpreter of the end-to-end tests.
    let python: String
    /// The search path of commands.
    let path: String

    func subject(_ name: Subject.Name) throws -> Subject {
        guard let subject = subjects.first(where: { $0.name == name }) else { throw BenchError("no \(name.rawValue)") }
        return subject
    }

    /// Returns the count for a thorough or a quick run.
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
