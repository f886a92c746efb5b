internal import WireText

/// Removes secrets from spans by key names and by an optional custom rule.
public struct Redaction: Sendable {
    /// A custom rule: takes a value and returns the value to record instead.
    ///
    /// It is called for every string, number and Boolean value of inputs, outputs, metadata and the other fields, with
    /// the keys that lead to it: `["request", "headers", "accept"]`. Array indices count as keys.
    public typealias Rule = @Sendable (_ path: [String], _ value: AttributeValue) -> AttributeValue

    /// The text that replaces a secret.
    public static let mask = "[redacted]"

    /// Masks every value, at any depth, whose key names a secret, such as `authorization`, `cookie`, `password`,
    /// `secret`, `token` and `api_key`.
    public static let standard = Redaction(rule: nil)

    let rule: Rule?

    /// Applies the standard masking, then a custom rule to the remaining values.
    ///
    /// - Parameter rule: The rule, see ``Rule``. It runs on the task that enriches the span, so it should be fast.
    public init(rule: Rule?) {
        self.rule = rule
    }

    /// Substrings that mark a key as a secret, in lower case and without separators.
    private static let secretParts = WordMatcher([
        "authorization", "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey", "cookie",
        "credential", "sessiontoken", "accesstoken", "refreshtoken", "authtoken", "securitytoken", "csrftoken",
        "bearer",
    ])
    /// Keys that are secrets only in full: `token` is a secret, but `max_tokens` is a setting and `paid_tokens` a
    /// count.
    private static let secretNames = WordMatcher(["token", "idtoken", "auth", "pwd", "jwt"])

    func apply(to members: [String: AttributeValue]) -> [String: AttributeValue] {
        guard case .dictionary(let redacted) = apply(to: .dictionary(members), path: []) else { return [:] }
        return redacted
    }

    private func apply(to value: AttributeValue, path: [String]) -> AttributeValue {
        switch value {
        // Deeper values are encoded as `…`, so they cannot leak.
        case _ where path.count > AttributeList.maximumDepth: value
        case .array(let elements):
            .array(elements.enumerated().map { apply(to: $1, path: path + [String($0)]) })
        case .dictionary(let members):
            .dictionary(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        (
                            key,
                            hides(key) && value != .null
                                ? .string(Self.mask) : apply(to: value, path: path + [key])
                        )
                    }
                )
            )
        case .null: .null
        case .string, .int, .double, .bool: rule?(path, value) ?? value
        }
    }

    /// Returns true if the values of the key are secrets.
    func hides(_ key: String) -> Bool {
        guard Self.secretNames.mayOccur(in: key) || Self.secretParts.mayOccur(in: key) else { return false }
        // All bytes beyond ASCII count as letters, as they are in most alphabets.
        return key.withLowercasedASCII(where: { $0.isLetterOrDigit || $0 >= 0x80 }) { letters in
            Self.secretNames.contains(letters) || Self.secretParts.isAny(in: letters)
        }
    }
}
