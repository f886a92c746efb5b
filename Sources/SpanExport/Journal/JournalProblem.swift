internal import Platform

/// The error of a journal that cannot be created or used.
package struct JournalProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ description: String, code: Int32) {
        self.description = "\(description): \(String(cString: strerror(code)))"
    }
}
