internal import SessionTracing
internal import SpanExport

/// The URLs of the Runtime API, from `AWS_LAMBDA_RUNTIME_API`.
struct RuntimeEndpoint: Sendable, Equatable {
    let base: String
    /// The URL of the Extensions API, which the same server provides.
    let extensionAPI: String

    /// Reads the endpoint.
    ///
    /// - Parameter environment: The process's environment.
    /// - Throws: ``ConfigurationProblem`` if the variable is not `host:port`.
    init(_ environment: Environment) throws(ConfigurationProblem) {
        guard let authority = environment[.runtimeAPI] else {
            throw ConfigurationProblem(
                .runtimeAPI,
                "is not set. This program is a Lambda runtime: deploy it as `bootstrap`, or start it with `traced-lambda run -- COMMAND`"
            )
        }
        guard HTTPEndpoint.isAuthority(Array(authority.utf8)[...], requiresPort: true) else {
            throw ConfigurationProblem(.runtimeAPI, "is not HOST:PORT, as in 127.0.0.1:9001")
        }
        extensionAPI = "http://\(authority)/2020-01-01/extension"
        base = "http://\(authority)/2018-06-01/runtime"
    }
}
