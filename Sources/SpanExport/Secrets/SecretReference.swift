internal import SessionTracing
internal import WireText

/// A reference to the stored secret that contains an API key.
enum SecretReference: Sendable, Equatable {
    /// A secret of AWS Secrets Manager, by its ARN with the optional suffixes of an ECS task definition
    /// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
    case secretsManager(arn: String, region: String, jsonKey: String?, versionStage: String?, versionID: String?)
    /// A parameter of Systems Manager Parameter Store, by its name or its ARN; an ARN determines the region.
    case parameterStore(name: String, region: String?)

    /// The maximum length of a reference, in bytes: twice the maximum length of an ARN.
    static let maximumBytes = 4_096

    private static let parameterPrefix = "ssm:"
    private static let arnPrefix = "arn:"

    /// Parses a setting's value.
    ///
    /// - Parameters:
    ///   - text: An API key or a reference to a secret.
    ///   - setting: The setting's name, for the error.
    /// - Returns: The reference; nil if the text is an API key.
    /// - Throws: ``ConfigurationProblem`` if the text is an invalid reference.
    static func read(_ text: String, setting: String) throws(ConfigurationProblem) -> SecretReference? {
        let isParameter = text.hasPrefix(parameterPrefix)
        guard isParameter || text.hasPrefix(arnPrefix) else { return nil }
        let isSendable = text.utf8.count <= maximumBytes && text.utf8.allSatisfy(\.isVisible)
        let reference = isParameter ? parameter(text.dropFirst(parameterPrefix.count)) : secret(text)
        guard isSendable, let reference else {
            throw ConfigurationProblem(
                setting: setting,
                isParameter
                    ? "is not ssm:NAME with a parameter's name"
                    : "is not a secret's ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, and perhaps "
                        + ":JSON-KEY:STAGE:VERSION)"
            )
        }
        return reference
    }

    private static func parameter(_ name: Substring) -> SecretReference? {
        guard !name.isEmpty else { return nil }
        guard name.hasPrefix(arnPrefix) else { return .parameterStore(name: String(name), region: nil) }
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "ssm", isRegion(parts[3]), parts[5].hasPrefix("parameter/") else {
            return nil
        }
        return .parameterStore(name: String(name), region: String(parts[3]))
    }

    private static func secret(_ text: String) -> SecretReference? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // The ARN has seven parts, and up to three suffixes may follow.
        guard (7...10).contains(parts.count), parts[1].hasPrefix("aws"), parts[2] == "secretsmanager",
            isRegion(parts[3]), parts[5] == "secret", !parts[6].isEmpty
        else { return nil }
        let options = (7..<10).map { index in
            index < parts.count && !parts[index].isEmpty ? String(parts[index]) : nil
        }
        return .secretsManager(
            arn: parts[..<7].joined(separator: ":"),
            region: String(parts[3]),
            jsonKey: options[0],
            versionStage: options[1],
            versionID: options[2]
        )
    }

    /// Returns true for a valid region, which becomes part of a host name.
    static func isRegion(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 32
            && text.utf8.allSatisfy { $0.isLetterOrDigit && $0 == $0.lowercased || $0 == UInt8(ascii: "-") }
    }
}
