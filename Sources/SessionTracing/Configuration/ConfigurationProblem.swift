/// The error of an invalid setting: one line that contains the setting's name and the remedy.
///
/// Never contains a secret's value.
package struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ variable: EnvironmentVariable, _ problem: String) {
        description = "\(variable.rawValue) \(problem)"
    }

    /// Creates the error of a setting made in code rather than in the environment.
    package init(setting: String, _ problem: String) {
        description = "\(setting) \(problem)"
    }

    private init(description: String) {
        self.description = description
    }

    /// Returns the same error with its consequence.
    package func adding(_ consequence: String) -> ConfigurationProblem {
        ConfigurationProblem(description: "\(description); \(consequence)")
    }
}
