/// Keeps secrets out of spans: by the names of keys, and by a rule of the user's own.
public struct Redaction: Sendable {
    /// Looks at one value and returns what may be recorded in its place.
    ///
    /// It gets every text, number and truth value of inputs, outputs, metadata and the other documents, with the names on the
    /// way to it: `["request", "headers", "accept"]`; an index counts as a name.
    public typealias Rule = @Sendable (_ path: [String], _ value: AttributeValue) -> AttributeValue

    /// What stands in place of a secret.
    public static let mask = "[redacted]"

    /// Masks what stands under a key that names a secret, whatever it is and however deep: `authorization`, `cookie`,
    /// `password`, `secret`, `token`, `api_key` and their like.
    public static let standard = Redaction(rule: nil)

    let rule: Rule?

    /// The standard masking, then a rule for what is left.
    ///
    /// - Parameter rule: See ``Rule``. It runs on the task that enriches the span, so it should be quick.
    public init(rule: Rule?) {
        self.rule = rule
    }

    /// Parts of a key, without its case and separators, that name a secret.
    private static let secretParts = WordList([
        "authorization", "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey", "cookie",
        "credential", "sessiontoken", "accesstoken", "refreshtoken", "authtoken", "securitytoken", "csrftoken",
        "bearer",
    ])
    /// Keys that name a secret only as a whole: `max_tokens` is a setting and `paid_tokens` a count, and `token` is a key.
    private static let secretNames = WordList(["token", "idtoken", "auth", "pwd", "jwt"])

    func apply(to members: [String: AttributeValue]) -> [String: AttributeValue] {
        guard case .dictionary(let redacted) = apply(to: .dictionary(members), path: []) else { return [:] }
        return redacted
    }

    private func apply(to value: AttributeValue, path: [String]) -> AttributeValue {
        switch value {
        // Deeper values are written as a mark alone, so nothing of them can leak.
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

    /// Whether what stands under a key is a secret.
    func hides(_ key: String) -> Bool {
        let (names, parts) = (Self.secretNames, Self.secretParts)
        guard key.utf8.count >= min(names.shortestCount, parts.shortestCount) else { return false }
        return key.withLowercasedASCII(where: Self.isLetterOrDigit) { letters in
            names.contains(letters) || parts.isAny(in: letters)
        }
    }

    /// Of ASCII; what is beyond it is a letter in most alphabets.
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: true
        default: false
        }
    }
}
