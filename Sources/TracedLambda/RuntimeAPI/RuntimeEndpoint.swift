internal import SessionTracing
internal import SpanExport

/// Where the Runtime API is: `AWS_LAMBDA_RUNTIME_API`.
struct RuntimeEndpoint: Sendable, Equatable {
    let base: String
    /// The Extensions API, which the same server speaks.
    let extensionAPI: String

    /// - Throws: ``ConfigurationProblem`` unless the variable is `host:port`.
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
