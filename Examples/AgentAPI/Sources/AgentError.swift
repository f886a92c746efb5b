/// Why there is no answer, as the caller is told.
struct AgentError: Error, Equatable, CustomStringConvertible {
    /// The HTTP status: 4xx for the caller's mistakes, 500 for settings, 502 for the model's.
    let status: Int
    /// For people; it holds no key and nothing that the model's server has sent.
    let description: String

    init(status: Int, _ description: String) {
        self.status = status
        self.description = description
    }
}
