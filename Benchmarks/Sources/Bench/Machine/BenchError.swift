import Glibc

/// What ends a run: a function that does not do its part, or a machine that lacks something.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The failed system call's own reason.
    static func system(_ call: String, _ code: Int32 = errno) -> BenchError {
        BenchError("\(call): \(String(cString: strerror(code)))")
    }
}
