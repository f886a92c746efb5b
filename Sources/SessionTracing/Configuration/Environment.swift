internal import Glibc

/// The process's environment as a value, so that tests and workers never share the real one.
package struct Environment: Sendable, ExpressibleByDictionaryLiteral {
    private let values: [String: String]

    package init(_ values: [String: String]) {
        self.values = values
    }

    package init(dictionaryLiteral elements: (EnvironmentVariable, String)...) {
        values = Dictionary(elements.map { ($0.0.rawValue, $0.1) }) { $1 }
    }

    /// What the process was given of the variables that this framework reads.
    ///
    /// Foundation's copy of all variables takes a tenth of a function's start.
    package static func ofProcess() -> Environment {
        var values: [String: String] = [:]
        for variable in EnvironmentVariable.allCases {
            if let value = getenv(variable.rawValue) { values[variable.rawValue] = String(cString: value) }
        }
        return Environment(values)
    }

    /// A variable's value without the white space around it; empty counts as unset.
    package subscript(variable: EnvironmentVariable) -> String? {
        values[variable.rawValue]?.trimmedSetting
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
