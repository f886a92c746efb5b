internal import Glibc

/// The process's environment as a value, so that tests and workers never share the real one.
package struct Environment: Sendable, ExpressibleByDictionaryLiteral {
    /// A variable that is set, without the white space around its value.
    private struct Setting {
        let variable: EnvironmentVariable
        let value: String
    }

    /// A list, for few are set: to look through it takes less than a text's hash.
    private var settings: [Setting] = []

    /// Takes the variables that this framework reads.
    package init(_ values: [String: String]) {
        for variable in EnvironmentVariable.allCases {
            if let value = values[variable.rawValue] { set(variable, to: value) }
        }
    }

    package init(dictionaryLiteral elements: (EnvironmentVariable, String)...) {
        for (variable, value) in elements { set(variable, to: value) }
    }

    /// What the process was given of the variables that this framework reads.
    ///
    /// Foundation's copy of all variables takes a tenth of a function's start.
    package static func ofProcess() -> Environment {
        var environment = Environment()
        for variable in EnvironmentVariable.allCases {
            guard let value = variable.rawValue.withCString({ getenv($0) }) else { continue }
            environment.set(variable, to: String(cString: value))
        }
        return environment
    }

    private mutating func set(_ variable: EnvironmentVariable, to value: String) {
        guard let value = value.trimmedSetting else { return }
        settings.append(Setting(variable: variable, value: value))
    }

    /// A variable's value without the white space around it; empty counts as unset.
    package subscript(variable: EnvironmentVariable) -> String? {
        settings.last { $0.variable == variable }?.value
    }

    /// The first of several names that is set, with the name, which an error must tell.
    package func first(_ variables: EnvironmentVariable...) -> (value: String, variable: EnvironmentVariable)? {
        for variable in variables {
            if let value = self[variable] { return (value, variable) }
        }
        return nil
    }

    /// OpenTelemetry's booleans: only `true`, in any case, is true.
    package func isTrue(_ variable: EnvironmentVariable) -> Bool {
        self[variable]?.lowercased() == "true"
    }

    /// The same for what is on unless it is turned off: only `false`, in any case, is false.
    package func isFalse(_ variable: EnvironmentVariable) -> Bool {
        self[variable]?.lowercased() == "false"
    }
}

extension String {
    /// A setting's value without the white space around it; nil when nothing is left.
    package var trimmedSetting: String? {
        let trimmed = trimmingASCIISpace()
        return trimmed.isEmpty ? nil : trimmed
    }
}
