/// Why a database cannot be used.
package struct TraceDatabaseError: Error, Sendable, Hashable {
    /// What went wrong.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String

        /// The file is no database, is damaged, or is another program's.
        package static let corrupt = Code(description: "corrupt")
        /// A later version of this program has made the file.
        package static let newer = Code(description: "newer")
        /// There is no such file.
        package static let missing = Code(description: "missing")
        /// The system does not let the file be read or written.
        package static let unusable = Code(description: "unusable")
    }

    /// What went wrong.
    package let code: Code
    /// The file.
    package let path: String
    /// What is wrong with it, for people.
    package let reason: String

    init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }
}

extension TraceDatabaseError: CustomStringConvertible {
    /// The file, what is wrong with it, and what to do, for people.
    package var description: String {
        switch code {
        case .corrupt:
            "the trace database '\(path)' cannot be read: \(reason). It was left as it is; move it away to start a new one."
        case .newer:
            "the trace database '\(path)' is of a later version of traced-lambda (\(reason)). "
                + "It was left as it is; update traced-lambda, or name another file."
        case .missing: "there is no trace database '\(path)'"
        default: "the trace database '\(path)' cannot be used: \(reason)"
        }
    }
}
