internal import Glibc

/// Why there is no journal, or a file of one cannot be used.
package struct JournalProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ description: String, code: Int32) {
        self.description = "\(description): \(String(cString: strerror(code)))"
    }
}
