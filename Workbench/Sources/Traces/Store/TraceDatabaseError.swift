/// An error of opening a trace database.
package struct TraceDatabaseError: Error, Sendable, Hashable {
    /// The kind of error.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String

        /// The file is not a database, is damaged, or belongs to another program.
        package static let corrupt = Code(description: "corrupt")
        /// A later version of this program created the file.
        package static let newer = Code(description: "newer")
        /// The file does not exist.
        package static let missing = Code(description: "missing")
        /// The system does not permit access to the file.
        package static let unusable = Code(description: "unusable")
    }

    /// The kind of error.
    package let code: Code
    /// The file.
    package let path: String
    /// The error message, for people.
    package let reason: String

    init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }
}

extension TraceDatabaseError: CustomStringConvertible {
    /// The file, the cause and the remedy, for people.
    package var description: String {
        switch code {
        case .corrupt:
            "the trace database '\(path)' cannot be read: \(reason). It was left as it is; move it away to start a new one."
        case .newer:
            "the trace database '\(path)' is of a later version of traced-lambda (\(reason)). "
                + "It was left as it is; update traced-lambda, or name another file."
        case .missing:
            "there is no trace database '\(path)' (\(reason)). 'traced-lambda dev' and 'collect' make one; --database names "
                + "another file, and --port asks a running server."
        default: "the trace database '\(path)' cannot be used: \(reason)"
        }
    }
}
