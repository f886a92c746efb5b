import SystemPackage

/// The identity of a function: name, folder and region.
package struct FunctionIdentity: Sendable, Hashable {
    /// The limit of a function's name, in characters.
    package static let nameLimitCharacters = 64

    /// The function's name.
    package let name: String
    /// The folder of the executable.
    package let taskRoot: String
    /// The region.
    package let region: String

    /// Derives the identity from a command.
    ///
    /// The name is that of the executable, or of its folder when the executable is called `bootstrap`.
    ///
    /// - Parameters:
    ///   - executable: The command's first word.
    ///   - name: A name that takes precedence; `nil` for the derived one.
    ///   - workingDirectory: The base folder of relative paths.
    ///   - environment: The caller's environment, which determines the region.
    package init(executable: String, name: String?, workingDirectory: String, environment: [String: String]) {
        let path = FilePath(workingDirectory).pushing(FilePath(executable)).lexicallyNormalized()
        let folder = path.removingLastComponent()
        let hasFolder = executable.contains("/")
        let file = path.lastComponent?.string ?? "function"
        let found = file == "bootstrap" && hasFolder ? folder.lastComponent?.string ?? file : file
        self.name = name ?? Self.legalName(found)
        self.taskRoot = hasFolder ? folder.string : workingDirectory
        self.region =
            [environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]].compactMap(\.self).first { !$0.isEmpty }
            ?? "us-east-1"
    }

    /// The function's ARN, in a fictitious account.
    package var arn: String { "arn:aws:lambda:\(region):000000000000:function:\(name)" }

    /// Validates a function's name.
    ///
    /// - Parameter name: The name.
    /// - Returns: `true` for 1 to 64 letters, digits, `-` and `_`.
    package static func isLegal(name: String) -> Bool {
        !name.isEmpty && name == legalName(name)
    }

    private static func legalName(_ text: String) -> String {
        let legal = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" }
        return legal.isEmpty ? "function" : String(legal.prefix(nameLimitCharacters))
    }
}
