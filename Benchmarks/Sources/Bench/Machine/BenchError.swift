import Glibc

/// An error that ends a run: a function that misbehaves, or a missing tool of the machine.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Creates the error of a failed system call with its reason.
    static func system(_ call: String, _ code: Int32 = errno) -> BenchError {
        BenchError("\(call): \(String(cString: strerror(code)))")
    }
}
