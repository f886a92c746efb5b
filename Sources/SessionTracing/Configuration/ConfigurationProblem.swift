/// One setting that cannot be used, said in one line that names it and tells what to do.
///
/// Never holds a secret's value.
package struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ variable: EnvironmentVariable, _ problem: String) {
        description = "\(variable.rawValue) \(problem)"
    }

    /// For a setting that stands in code rather than in the environment.
    package init(setting: String, _ problem: String) {
        description = "\(setting) \(problem)"
    }
}
