internal import SessionTracing

/// The name and version of the function that this process runs.
struct FunctionIdentity: Sendable {
    let name: String
    let version: String

    init(_ environment: Environment) {
        name = environment[.functionName] ?? ""
        version = environment[.functionVersion] ?? ""
    }

    var spanName: String { name.isEmpty ? "invocation" : name }
}
