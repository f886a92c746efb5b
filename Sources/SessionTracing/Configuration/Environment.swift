internal import Platform
internal import WireText

/// The environment variables of the process as a value, so that tests and workers do not share global state.
package struct Environment: Sendable, ExpressibleByDictionaryLiteral {
    /// A variable and its value without surrounding white space.
    private struct Setting {
        let variable: EnvironmentVariable
        let value: String
    }

    /// The variables that are set.
    ///
    /// They are few, so a linear search is faster than hashing a name.
    private var settings: [Setting] = []

    /// Takes the variables that this framework reads from a dictionary.
    package init(_ values: [String: String]) {
        for variable in EnvironmentVariable.allCases {
            if let value = values[variable.rawValue] { set(variable, to: value) }
        }
    }

    package init(dictionaryLiteral elements: (EnvironmentVariable, String)...) {
        for (variable, value) in elements { set(variable, to: value) }
    }

    /// Returns the variables of the process that this framework reads.
    ///
    /// Foundation's copy of all variables takes a tenth of a function's start time.
    package static func ofProcess() -> Environment {
        var environment = Environment()
        for variable in EnvironmentVariable.allCases {
            guard let value = variable.rawValue.withCString({ getenv($0) }) else { continue }
            environment.set(variable, to: String(cString: value))
        }
        return environment
    }

    /// Replaces the process's variables in a test.
    @TaskLocal package static var ofTask: Environment?

    /// The variables of the task, in a test, or of the process.
    package static var current: Environment { ofTask ?? process }

    /// The process's variables at the first use.
    private static let process = ofProcess()

    private mutating func set(_ variable: EnvironmentVariable, to value: String) {
        guard let value = value.trimmedSetting else { return }
        settings.append(Setting(variable: variable, value: value))
    }

    /// A variable's value without surrounding white space, or nil if it is unset or empty.
    package subscript(variable: EnvironmentVariable) -> String? {
        settings.last { $0.variable == variable }?.value
    }

    /// Returns the first of the variables that is set, with its name for error messages.
    package func first(_ variables: EnvironmentVariable...) -> (value: String, variable: EnvironmentVariable)? {
        first(variables)
    }

    package func first(_ variables: [EnvironmentVariable]) -> (value: String, variable: EnvironmentVariable)? {
        for variable in variables {
            if let value = self[variable] { return (value, variable) }
        }
        return nil
    }

    /// Returns true if the name is that of a variable that this framework reads, and the variable is set.
    package func contains(name: String) -> Bool {
        settings.contains { $0.variable.rawValue == name }
    }
}

extension String {
    /// The string without surrounding white space, or nil if nothing remains.
    package var trimmedSetting: String? {
        let trimmed = trimmingSpace()
        return trimmed.isEmpty ? nil : trimmed
    }
}
