/// Reads settings from the environment by their declarations.
///
/// One policy holds for all of them: an unset variable has its default; an invalid value is replaced by the default,
/// and reported with the variable, the accepted values and the value used.
package struct SettingsReader {
    package let environment: Environment
    /// The problem of each invalid value.
    package private(set) var problems: [ConfigurationProblem] = []

    package init(_ environment: Environment) {
        self.environment = environment
    }

    /// Returns the text of a variable or its default; nil if there is neither.
    package func text(_ variable: EnvironmentVariable) -> String? {
        environment[variable] ?? variable.declaration.fallback
    }

    /// Returns the value of a variable that is `true` or `false`, in any case.
    ///
    /// OpenTelemetry accepts no other values
    /// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean); HoneyHive's Python
    /// client also accepts 1, yes and on.
    package mutating func flag(_ variable: EnvironmentVariable) -> Bool {
        let isOpenTelemetry = variable.rawValue.hasPrefix("OTEL_")
        return value(variable, accepts: "true or false") { text in
            switch text.lowercased() {
            case "true": true
            case "false": false
            case "1", "yes", "on": isOpenTelemetry ? nil : true
            case "0", "no", "off": isOpenTelemetry ? nil : false
            default: nil
            }
        } ?? false
    }

    /// Returns the value of a variable that is one of its declaration's names, in any case.
    ///
    /// - Parameters:
    ///   - variable: The variable.
    ///   - others: Variables that are read if it is unset.
    /// - Returns: The name as it is declared.
    package mutating func choice(_ variable: EnvironmentVariable, _ others: EnvironmentVariable...) -> String {
        guard case .choice(let names) = variable.declaration.form else { return "" }
        let choice = value(
            variable,
            others,
            accepts: names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        ) { text in names.first { $0 == text || $0.lowercased() == text.lowercased() } }
        return choice ?? ""
    }

    /// Returns the value of a variable that is a whole number in a range.
    ///
    /// - Parameters:
    ///   - variable: The variable.
    ///   - others: Variables that are read if it is unset.
    /// - Returns: The number.
    package mutating func number(_ variable: EnvironmentVariable, _ others: EnvironmentVariable...) -> Int {
        guard case .number(let range, let unit) = variable.declaration.form else { return 0 }
        let number = value(
            variable,
            others,
            accepts: "a whole number\(unit == "ms" ? " of milliseconds" : "") "
                + "from \(range.lowerBound) to \(range.upperBound)"
        ) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
        return number ?? range.lowerBound
    }

    /// Returns the value of a variable in milliseconds.
    package mutating func duration(_ variable: EnvironmentVariable) -> Duration { .milliseconds(number(variable)) }

    /// Returns the value of a variable with a form of its own.
    ///
    /// - Parameters:
    ///   - variable: The variable, whose default is used.
    ///   - others: Variables that are read if it is unset.
    ///   - accepted: The accepted values, for the report of an invalid one; evaluated only for that.
    ///   - parse: Parses the text; returns nil if it is invalid.
    /// - Returns: The value; nil if the variable is unset or invalid, and has no default.
    package mutating func value<Value>(
        _ variable: EnvironmentVariable,
        _ others: [EnvironmentVariable] = [],
        accepts accepted: @autoclosure () -> String,
        parse: (String) -> Value?
    ) -> Value? {
        let fallback = variable.declaration.fallback
        if let (text, variable) = environment.first([variable] + others) {
            if let value = parse(text) { return value }
            let consequence = fallback.map { "\($0) is used" } ?? "it is ignored"
            report(variable, "is not \(accepted()); \(consequence)")
        }
        guard let fallback else { return nil }
        return parse(fallback)
    }

    /// Reports a value that is not used as it was set.
    package mutating func report(_ variable: EnvironmentVariable, _ problem: String) {
        problems.append(ConfigurationProblem(variable, problem))
    }
}
