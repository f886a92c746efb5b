internal import WireText

/// Secrets that are recognised by their own format, without a name: keys of known services, bearer tokens, JSON Web
/// Tokens, PEM blocks and passwords in URLs.
///
/// docs/redaction.md lists them.
enum SecretFormat {
    /// A key that starts with a fixed text.
    private struct Prefix {
        let text: [UInt8]
        /// The index in the text of the byte by which it is found: a rare one.
        let triggerIndex: Int
        /// The minimum number of characters that follow.
        let minimumCount: Int

        init(_ text: String, trigger: Character, _ minimumCount: Int) {
            self.text = Array(text.utf8)
            triggerIndex = self.text.firstIndex(of: trigger.asciiValue ?? 0) ?? 0
            self.minimumCount = minimumCount
        }
    }

    private static let prefixes = [
        Prefix("AKIA", trigger: "K", 16), Prefix("ASIA", trigger: "S", 16),
        Prefix("AIza", trigger: "z", 30),
        Prefix("sk-", trigger: "-", 8), Prefix("sk_live_", trigger: "_", 8), Prefix("sk_test_", trigger: "_", 8),
        Prefix("rk_live_", trigger: "_", 8), Prefix("rk_test_", trigger: "_", 8), Prefix("whsec_", trigger: "_", 16),
        Prefix("ghp_", trigger: "_", 16), Prefix("gho_", trigger: "_", 16), Prefix("ghu_", trigger: "_", 16),
        Prefix("ghs_", trigger: "_", 16), Prefix("ghr_", trigger: "_", 16), Prefix("github_pat_", trigger: "_", 16),
        Prefix("glpat-", trigger: "-", 16), Prefix("xoxb-", trigger: "-", 10), Prefix("xoxp-", trigger: "-", 10),
        Prefix("xoxa-", trigger: "-", 10), Prefix("xoxr-", trigger: "-", 10), Prefix("xoxs-", trigger: "-", 10),
        Prefix("xapp-", trigger: "-", 10), Prefix("hf_", trigger: "_", 20), Prefix("npm_", trigger: "_", 20),
        Prefix("gsk_", trigger: "_", 20), Prefix("xai-", trigger: "-", 20), Prefix("pplx-", trigger: "-", 20),
        Prefix("r8_", trigger: "_", 20), Prefix("shpat_", trigger: "_", 16), Prefix("hh_ingst_", trigger: "_", 16),
        Prefix("hh_fgdp_", trigger: "_", 16),
    ]

    /// The bytes at which ``find(in:at:)`` finds something: those of the prefixes, `J`, `-`, and `B` or `b` before `e` or
    /// `a`.
    ///
    /// - Parameters:
    ///   - block: The bytes.
    ///   - next: The byte after each of them.
    /// - Returns: The matches.
    @inline(__always)
    static func triggers(_ block: ByteBlock, _ next: ByteBlock) -> ByteBlock.Mask {
        // The bit of the case is ignored, and the one in which `a` and `e` differ.
        let words = (block | ByteBlock(0x20)).equals(0x62) .& (next | ByteBlock(0x24)).equals(0x65)
        // `J` and `K` differ in the lowest bit.
        let letters = (block & ByteBlock(0xFE)).equals(0x4A) .| block.equals(UInt8(ascii: "S"))
        let signs = block.equals(UInt8(ascii: "-")) .| block.equals(UInt8(ascii: "_"))
        return words .| letters .| signs .| block.equals(UInt8(ascii: "z"))
    }

    /// The bytes by which the prefixes are found, for a test of ``triggers(_:)``.
    static var prefixTriggers: Set<UInt8> { Set(prefixes.map { $0.text[$0.triggerIndex] }) }

    /// The byte by which a prefix is found and the one before it, of each prefix.
    private static let prefixEnds = Set(
        prefixes.map { UInt16($0.text[$0.triggerIndex - 1]) << 8 | UInt16($0.text[$0.triggerIndex]) }
    )

    // Created once: a search must not allocate memory.
    private static let tokenStart = Array("eyJ".utf8)
    private static let pemStart = Array("-----BEGIN ".utf8)
    private static let pemEnd = Array("-----END ".utf8)
    private static let bearer = Array("bearer ".utf8)
    private static let basic = Array("basic ".utf8)
    private static let schemeEnd = Array("://".utf8)

    /// Finds a secret around a byte of ``triggers(_:)``.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - index: The index of the byte.
    /// - Returns: The range of the secret, or nil.
    static func find(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        switch text[index] {
        case UInt8(ascii: "J"): webToken(text, at: index)
        case UInt8(ascii: "B"), UInt8(ascii: "b"): credentials(text, at: index)
        case UInt8(ascii: "-"): pemBlock(text, at: index) ?? key(text, at: index)
        default: key(text, at: index)
        }
    }

    private static func key(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        // The byte before excludes most texts.
        guard index > 0, prefixEnds.contains(UInt16(text[index - 1]) << 8 | UInt16(text[index])) else { return nil }
        for prefix in prefixes {
            let start = index - prefix.triggerIndex
            guard matches(prefix.text, text, at: start), !isWithinWord(text, start) else { continue }
            let end = endOfRun(text, from: start + prefix.text.count) { $0.isLetterOrDigit || $0 == 0x2D || $0 == 0x5F }
            let rest = text[(start + prefix.text.count)..<end]
            // A short text without a digit is a word, as in `sk-learning`.
            guard rest.count >= prefix.minimumCount, rest.count >= 20 || rest.contains(where: \.isDigit) else {
                continue
            }
            return start..<end
        }
        return nil
    }

    /// A JSON Web Token: base64 texts of which the first is that of `{"…`, separated by dots
    /// (https://www.rfc-editor.org/rfc/rfc7519).
    private static func webToken(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        let start = index - 2
        guard matches(tokenStart, text, at: start), start == 0 || !isURLBase64(text[start - 1]) else { return nil }
        let dot = endOfRun(text, from: start, isURLBase64)
        guard dot < text.count, text[dot] == UInt8(ascii: ".") else { return nil }
        let second = endOfRun(text, from: dot + 1, isURLBase64)
        guard second - dot > minimumPartBytes else { return nil }
        return start..<endOfRun(text, from: second) { isURLBase64($0) || $0 == UInt8(ascii: ".") }
    }

    /// The minimum length of a token's second part, in bytes.
    private static let minimumPartBytes = 4

    private static func isURLBase64(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// The credentials after `Bearer` or `Basic` (https://www.rfc-editor.org/rfc/rfc9110#section-11.4).
    private static func credentials(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        guard !isWithinWord(text, index) else { return nil }
        if matches(bearer, text, at: index, ignoringCase: true) {
            let token = token(text, from: index + bearer.count)
            // A word is no token: "the bearer should…", "a bearer-like thing".
            let isToken = text[token].contains(where: \.isDigit) || token.count >= minimumOpaqueBytes
            return isToken && token.count >= minimumTokenBytes ? token : nil
        }
        guard matches(basic, text, at: index, ignoringCase: true) else { return nil }
        let token = token(text, from: index + basic.count)
        // User and password, with a colon between them: "basic e-commerce" is prose.
        let decoded = Base64.decode(String(decoding: text[token].prefix(maximumBasicBytes), as: UTF8.self)) ?? []
        return decoded.contains(UInt8(ascii: ":")) && decoded.allSatisfy { $0 >= 0x20 } ? token : nil
    }

    private static func token(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int> {
        start..<endOfRun(text, from: start) { $0.isLetterOrDigit || "-._~+/=".utf8.contains($0) }
    }

    /// The maximum length of `Basic` credentials that are decoded, in bytes.
    private static let maximumBasicBytes = 512
    /// The minimum length of a token without a digit, in bytes.
    private static let minimumOpaqueBytes = 24
    private static let minimumTokenBytes = 6

    /// A PEM block (https://www.rfc-editor.org/rfc/rfc7468), to the end of the text if its end is missing.
    private static func pemBlock(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        guard index + 1 < text.count, text[index + 1] == 0x2D, matches(pemStart, text, at: index) else { return nil }
        var position = index
        while position < text.count {
            if text[position] == 0x2D, matches(pemEnd, text, at: position) {
                let label = endOfRun(text, from: position + pemEnd.count) { $0 != 0x2D && $0 != 0x0A && $0 != 0x5C }
                return index..<endOfRun(text, from: label) { $0 == 0x2D }
            }
            position += 1
        }
        return index..<text.count
    }

    /// Finds the password in `scheme://user:password@host` (https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1).
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - index: The index of a colon.
    /// - Returns: The range of the password, or nil.
    static func passwordOfURL(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        guard matches(schemeEnd, text, at: index), index > 0, text[index - 1].isLetterOrDigit else { return nil }
        let start = index + 3
        let end = endOfRun(text, from: start) { byte in
            byte > 0x20 && !"/?#\"'<>\\`".utf8.contains(byte)
        }
        let authority = text[start..<end]
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
            let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")), colon + 1 < at
        else { return nil }
        return (colon + 1)..<at
    }

    // MARK: Bytes

    private static func matches(
        _ word: [UInt8],
        _ text: UnsafeBufferPointer<UInt8>,
        at start: Int,
        ignoringCase: Bool = false
    ) -> Bool {
        guard start >= 0, word.count <= text.count - start else { return false }
        for offset in word.indices {
            let byte = text[start + offset]
            if word[offset] != (ignoringCase ? byte.lowercased : byte) { return false }
        }
        return true
    }

    private static func isWithinWord(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        start > 0 && (text[start - 1].isLetterOrDigit || text[start - 1] == UInt8(ascii: "_"))
    }

    private static func endOfRun(
        _ text: UnsafeBufferPointer<UInt8>,
        from start: Int,
        _ isPart: (UInt8) -> Bool
    ) -> Int {
        var end = start
        while end < text.count, isPart(text[end]) { end += 1 }
        return end
    }
}
