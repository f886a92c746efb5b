/// An error that prevents a run.
///
/// A function that fails is not such an error.
package struct LocalLambdaError: Error, Sendable, Hashable {
    /// The kind of error.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String

        /// The event is not JSON, or cannot carry the session id.
        package static let badEvent = Code(description: "bad event")
        /// The command cannot be started.
        static let cannotStart = Code(description: "cannot start")
        /// The package has no such executable product.
        package static let unknownProduct = Code(description: "unknown product")
        /// Swift is not in `PATH`.
        package static let noToolchain = Code(description: "no toolchain")
        /// The package cannot be built.
        static let cannotBuild = Code(description: "cannot build")
        /// The servers cannot listen.
        static let cannotListen = Code(description: "cannot listen")
        /// The run was cancelled.
        package static let interrupted = Code(description: "interrupted")
    }

    /// The kind of error.
    package let code: Code
    /// The error message, for people.
    package let reason: String

    /// Creates an error.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension LocalLambdaError: CustomStringConvertible {
    /// The error message, for people.
    package var description: String { reason }
}
