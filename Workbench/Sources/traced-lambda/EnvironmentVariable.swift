import ArgumentParser

/// A variable on the command line: `NAME=VALUE`.
struct EnvironmentVariable: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        self.name = String(argument[..<equals])
        self.value = String(argument[argument.index(after: equals)...])
    }
}
