/// An error that prevents a run.
///
/// A function that fails is not such an error.
package struct LocalLambdaError: Error, CustomStringConvertible {
    /// The kind of error.
    package enum Code: Sendable {
        /// The event is not JSON, or cannot carry the session id.
        case badEvent
        /// The command cannot be started.
        case cannotStart
        /// The package has no such executable product.
        case unknownProduct
        /// Swift is not in `PATH`.
        case noToolchain
        /// The package cannot be built.
        case cannotBuild
        /// The servers cannot listen.
        case cannotListen
        /// The run was cancelled.
        case interrupted
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

    package var description: String { reason }
}
