/// The error sent to the caller.
struct AgentError: Error, Equatable, CustomStringConvertible {
    /// The HTTP status: 4xx for the caller's mistakes, 500 for settings, 502 for the model's errors.
    let status: Int
    /// A description without the API key and without data from the model's server.
    let description: String

    init(status: Int, _ description: String) {
        self.status = status
        self.description = description
    }
}
