import SystemPackage

/// What Lambda would call the function, and where it would find it.
package struct FunctionIdentity: Sendable, Hashable {
    /// Characters of a function's name beyond which Lambda takes none.
    package static let nameLimitCharacters = 64

    /// The function's name.
    package let name: String
    /// The folder of the executable.
    package let taskRoot: String
    /// The region.
    package let region: String

    /// Finds the identity of a command.
    ///
    /// The name is the executable's, or its folder's where the executable is a `bootstrap`.
    ///
    /// - Parameters:
    ///   - executable: The command's first word.
    ///   - name: A name that wins over the one found.
    ///   - workingDirectory: The folder that a relative path starts from.
    ///   - environment: The caller's environment; its region is kept.
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

    /// The function's ARN, in an account that does not exist.
    package var arn: String { "arn:aws:lambda:\(region):000000000000:function:\(name)" }

    /// Whether Lambda would take a function's name.
    ///
    /// - Parameter name: The name.
    /// - Returns: Whether it is 1 to 64 letters, digits, `-` and `_`.
    package static func isLegal(name: String) -> Bool {
        !name.isEmpty && name == legalName(name)
    }

    private static func legalName(_ text: String) -> String {
        let legal = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" }
        return legal.isEmpty ? "function" : String(legal.prefix(nameLimitCharacters))
    }
}
