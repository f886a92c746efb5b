internal import WireText

/// Judges by its words if a key names a secret, in any of the usual notations: `api_key`, `api-key`, `apiKey`,
/// `API_KEY`, `user.api_key`, `user[api_key]`.
///
/// Only whole words count: `password` is one, `passwordless` is not. The last word decides, because it names the thing:
/// `secret_name` is a name. docs/redaction.md lists the words.
package enum SecretKey {
    /// The answer for a key.
    enum Meaning {
        case ordinary
        /// The key is one common word, such as `token` or `secret`, which also occurs in prose.
        case commonWord
        case secret

        var isSecret: Bool { self != .ordinary }
    }

    /// Returns true if the word before the last one makes a secret of it, as in `API key`; the word alone need not be one.
    static func isKind(_ word: String, of last: String) -> Bool {
        last == "key" || last == "keys" ? keyKinds.contains(word) : phraseKinds.contains(word)
    }

    private static let phraseKinds = keyKinds.union(["refresh", "bearer", "csrf", "user", "db", "database", "id"])

    /// Returns true if the key names a secret.
    package static func names(_ key: String) -> Bool {
        key.withUTF8Bytes { meaning(of: $0.bindMemory(to: UInt8.self)) }.isSecret
    }

    /// Returns the meaning of a key.
    ///
    /// - Parameter key: The key in UTF-8.
    /// - Returns: The meaning.
    static func meaning(of key: UnsafeBufferPointer<UInt8>) -> Meaning {
        guard mayBeSecret(key) else { return .ordinary }
        var words = WordsFromTheEnd(key)
        guard var last = words.next() else { return .ordinary }
        while let before = neutralWords.contains(last) ? words.next() : nil {
            if last == "string", before == "connection" { return .secret }
            last = before
        }
        let before = words.next()
        if secretWords.contains(last) {
            guard let before else { return commonWords.contains(last) ? .commonWord : .secret }
            return last == "token" && tokenizerWords.contains(before) ? .ordinary : .secret
        }
        guard let before, let kinds = kindsByLastWord[last] else { return .ordinary }
        return kinds.contains(before) ? .secret : .ordinary
    }

    // MARK: Words

    /// Last words that make every key a secret; the compounds are those that are written as one word.
    private static let secretWords: Set = [
        "token", "secret", "secrets", "password", "passwords", "passwd", "pwd", "pw", "passphrase", "passcode",
        "credential",
        "credentials", "authorization", "cookie", "cookies", "auth", "jwt", "bearer", "otp", "totp", "mnemonic", "cvv",
        "cvc", "csrf", "xsrf", "sig", "apikey", "apikeys", "accesskey", "privatekey", "secretkey", "signingkey",
        "encryptionkey", "masterkey", "accountkey", "passkey", "xapikey", "apisecret", "clientsecret", "accesstoken",
        "refreshtoken", "idtoken", "sessiontoken", "authtoken", "apitoken", "csrftoken", "xsrftoken", "securitytoken",
        "bearertoken", "dbpassword", "userpassword", "setcookie", "connectionstring", "pincode",
    ]

    /// Secret words that are also common words of prose.
    private static let commonWords: Set = [
        "token", "secret", "secrets", "credential", "credentials", "cookie", "cookies", "auth", "bearer", "sig", "otp",
        "mnemonic", "passcode",
    ]

    /// Words after which the word before them names the thing, as in `authorization_header`.
    private static let neutralWords: Set = [
        "value", "values", "header", "headers", "hash", "raw", "plain", "plaintext", "encrypted", "encoded", "string",
        "binary", "base", "b", "new", "old", "current", "previous", "confirmation", "confirm", "v",
    ]

    /// Words before `token` by which it is a unit of a language model's text.
    private static let tokenizerWords: Set = [
        "eos", "bos", "pad", "unk", "sep", "cls", "stop", "first", "per", "logprobs",
    ]

    /// Last words that name a secret only after certain words.
    private static let kindsByLastWord: [String: Set<String>] = [
        "key": keyKinds,
        "keys": keyKinds,
        "tokens": ["access", "refresh", "auth", "api", "bearer", "csrf", "security"],
        "code": codeKinds,
        "codes": codeKinds,
        "pin": ["account", "card", "user", "login", "security", "sms"],
        "pass": passKinds,
        "phrase": ["pass", "seed", "recovery", "secret"],
        "signature": ["amz"],
    ]

    private static let keyKinds: Set = [
        "api", "access", "private", "secret", "sign", "signing", "signature", "encrypt", "encryption", "decryption",
        "cipher", "crypto", "symmetric", "master", "account", "subscription", "ssh", "pgp", "gpg", "rsa", "ecdsa",
        "hmac",
        "aes", "jwt", "auth", "authentication", "authorization", "client", "shared", "storage", "license", "webhook",
        "app", "application", "consumer", "server", "service", "host", "functions", "admin", "root", "session",
        "ingestion", "deploy", "deployment", "wallet", "vault", "unseal", "openai", "anthropic", "stripe", "sendgrid",
        "twilio", "mailgun", "honeyhive", "azure", "aws", "google", "groq", "mistral", "cohere", "pinecone",
    ]

    private static let passKinds: Set = [
        "db", "database", "user", "admin", "root", "login", "auth", "smtp", "mail", "email", "ftp", "ssh", "mysql",
        "pg",
        "postgres", "redis", "mongo", "proxy",
    ]

    private static let codeKinds: Set = [
        "otp", "totp", "mfa", "verification", "authorization", "auth", "recovery", "backup", "security", "access",
        "login", "onetime", "time", "sms", "device", "reset",
    ]

    // MARK: A fast answer

    /// For each last letter of a word that can end a secret key, a bit set of the letters before it.
    private static let endings: [UInt32] = {
        var endings = [UInt32](repeating: 0, count: 32)
        for word in secretWords.union(neutralWords).union(kindsByLastWord.keys) {
            var letters = word.utf8.reversed()[...]
            guard let last = letters.popFirst() else { continue }
            // A word of one letter can follow any letter or none.
            endings[Int(last & 0x1F)] |= letters.popFirst().map { 1 << UInt32($0 & 0x1F) } ?? .max
        }
        return endings
    }()

    /// Returns false if the last two letters exclude a secret; true needs a closer look.
    private static func mayBeSecret(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        var end = key.count
        while end > 0, !isLetter(key[end - 1]) { end -= 1 }
        guard end > 0 else { return false }
        let before = end > 1 ? key[end - 2] & 0x1F : 0
        return endings[Int(key[end - 1] & 0x1F)] & (1 << UInt32(before)) != 0
    }

    /// All bytes beyond ASCII count as letters, as they are in most alphabets.
    fileprivate static func isLetter(_ byte: UInt8) -> Bool { byte.isLetter || byte >= 0x80 }
}

/// The words of a key in lower case, the last one first.
///
/// A word ends at anything but a letter, and where the case changes: `openAIKey` has the words `open`, `ai` and `key`.
private struct WordsFromTheEnd: IteratorProtocol {
    private let key: UnsafeBufferPointer<UInt8>
    private var end: Int
    /// The maximum length of a word, in bytes; a longer one is cut, and is then in no list.
    private static let maximumBytes = 32

    init(_ key: UnsafeBufferPointer<UInt8>) {
        self.key = key
        end = key.count
    }

    mutating func next() -> String? {
        while end > 0, !SecretKey.isLetter(key[end - 1]) { end -= 1 }
        guard end > 0 else { return nil }
        var start = end - 1
        while start > 0, SecretKey.isLetter(key[start - 1]), !isStart(start) { start -= 1 }
        defer { end = start }
        let word = UnsafeBufferPointer(rebasing: key[max(start, end - Self.maximumBytes)..<end])
        return String(unsafeUninitializedCapacity: word.count) { letters in
            for index in word.indices { letters.initializeElement(at: index, to: word[index].lowercased) }
            return word.count
        }
    }

    /// Returns true if a word starts at the letter, after another letter.
    private func isStart(_ index: Int) -> Bool {
        guard Self.isUpper(key[index]) else { return false }
        let isAfterUpper = Self.isUpper(key[index - 1])
        let isBeforeLower = index + 1 < end && SecretKey.isLetter(key[index + 1]) && !Self.isUpper(key[index + 1])
        return !isAfterUpper || isBeforeLower
    }

    private static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
}
