internal import WireText

/// Finds the value that a text assigns to the name of a secret, at the sign between the two.
///
/// The sign is `=` or `:`. The name stands before it: quoted, as in JSON, also when the JSON is
/// itself in a JSON string, in brackets, as in `user[password]=`, or bare.
struct NamedValue {
    private let text: UnsafeBufferPointer<UInt8>

    /// The maximum distance between a sign and the start of its name, in bytes.
    static let maximumNameBytes = 128
    /// The maximum number of spaces between a name, a sign and a value.
    static let maximumSpaceCount = 16
    /// The maximum distance between a token and its log probability, in bytes.
    static let maximumLogProbabilityDistance = 512

    /// A name before a sign.
    private struct Name {
        /// The range with its quotation marks.
        var range: Range<Int>
        var content: Range<Int>
        /// The opening quotation mark with its backslashes; nil if the name is not quoted.
        var quote: Range<Int>?
        var meaning: SecretKey.Meaning
    }

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    // MARK: Assignments

    /// Finds the value after a sign.
    ///
    /// - Parameter index: The index of the sign.
    /// - Returns: The value to mask, or nil if there is none, or the name is not that of a secret.
    func find(at index: Int) -> SecretText.Change? {
        guard !isComparison(at: index), let name = name(before: index) else { return nil }
        let isEqualSign = text[index] == UInt8(ascii: "=")
        var start = index + 1
        // `=>` of Ruby and PHP.
        if isEqualSign, byte(start) == UInt8(ascii: ">") { start += 1 }
        start = afterSpace(start, isNewlineSpace: name.quote != nil)
        guard start < text.count else { return nil }
        if !name.meaning.isSecret { return namedEntry(name, at: start) }
        if let quoted = quotedText(at: start) {
            return isModelOutput(name, start, quoted.upperBound) ? nil : SecretText.Change(range: quoted)
        }
        if byte(start) == UInt8(ascii: "{") || byte(start) == UInt8(ascii: "[") {
            let end = endOfContainer(at: start, of: name)
            let isKept = end - start <= 2 || Self.hasLogProbability(text[start..<end])
            return isKept ? nil : SecretText.Change(range: start..<end, quote: name.quote ?? 0..<0)
        }
        let range = isEqualSign ? wordAfterEqualSign(from: start) : textAfterColon(from: start, name)
        guard let range, !isLiteral(range, allowsNumber: name.quote != nil), !isPlaceholder(range) else { return nil }
        return SecretText.Change(range: range)
    }

    /// True for `==`, `!=`, `<=`, `>=` and the first sign of `:=` and `::`.
    private func isComparison(at index: Int) -> Bool {
        let (before, after) = (byte(index - 1), byte(index + 1))
        if text[index] == UInt8(ascii: ":") {
            return after == UInt8(ascii: "=") || after == UInt8(ascii: ":") || before == UInt8(ascii: ":")
        }
        switch before {
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"): return true
        default: return after == UInt8(ascii: "=")
        }
    }

    // MARK: Names

    private func name(before index: Int) -> Name? {
        var end = index
        if byte(end - 1) == UInt8(ascii: ":") { end -= 1 }
        let lowest = max(0, index - Self.maximumNameBytes)
        while end > lowest, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
        guard end > lowest else { return nil }
        let last = text[end - 1]
        if Self.isQuote(last) { return quotedName(endingAt: end, lowest: lowest) }
        // `user[password]` and `form["password"]`: the brackets separate words.
        let hasBracket = last == UInt8(ascii: "]")
        var start = end
        while start > lowest,
            Self.isNamePart(text[start - 1]) || hasBracket && "[]\"'".utf8.contains(text[start - 1])
        {
            start -= 1
        }
        guard start < end else { return nil }
        var name = Name(range: start..<end, content: start..<end, quote: nil, meaning: meaning(of: start..<end))
        if name.meaning != .secret, let wordStart = startOfKind(before: start, end: end, lowest: lowest) {
            name.range = wordStart..<end
            name.meaning = .secret
        }
        return name
    }

    /// Returns the start of the word before a name of one word that makes a secret of it, as in `API key`.
    private func startOfKind(before start: Int, end: Int, lowest: Int) -> Int? {
        guard start - 1 > lowest, text[start - 1] == 0x20, text[start..<end].allSatisfy(\.isLetter) else { return nil }
        var wordStart = start - 1
        while wordStart > lowest, text[wordStart - 1].isLetter { wordStart -= 1 }
        guard wordStart < start - 1 else { return nil }
        func word(_ range: Range<Int>) -> String { String(decoding: text[range].map(\.lowercased), as: UTF8.self) }
        let isName = meaning(of: start..<end) == .commonWord || ["key", "keys"].contains(word(start..<end))
        return isName && SecretKey.isKind(word(wordStart..<(start - 1)), of: word(start..<end)) ? wordStart : nil
    }

    private func quotedName(endingAt end: Int, lowest: Int) -> Name? {
        let mark = text[end - 1]
        var contentEnd = end - 1
        while contentEnd > lowest, text[contentEnd - 1] == UInt8(ascii: "\\") { contentEnd -= 1 }
        var start = contentEnd
        while start > lowest, text[start - 1] != mark { start -= 1 }
        guard start > 0, start < contentEnd, text[start - 1] == mark else { return nil }
        let quote = max(0, start - (end - contentEnd))..<start
        let content = start..<contentEnd
        return Name(range: quote.lowerBound..<end, content: content, quote: quote, meaning: meaning(of: content))
    }

    private func meaning(of range: Range<Int>) -> SecretKey.Meaning {
        let name = UnsafeBufferPointer(rebasing: text[range])
        guard name.contains(UInt8(ascii: "%")) else { return SecretKey.meaning(of: name) }
        let decoded = PercentEncoding.decode(Array(name)[...], decodesPlus: true)
        return decoded.withUTF8Bytes { SecretKey.meaning(of: $0.bindMemory(to: UInt8.self)) }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "%"): true
        default: byte.isLetterOrDigit || byte >= 0x80
        }
    }

    // MARK: Values

    /// Returns the content of the quoted text at an index; of one without an end, the rest of the text.
    ///
    /// Within `n` levels of JSON strings a quotation mark has `2ⁿ - 1` backslashes, and one that belongs to the content
    /// has more.
    private func quotedText(at start: Int) -> Range<Int>? {
        var open = start
        while byte(open) == UInt8(ascii: "\\") { open += 1 }
        let level = open - start
        guard let mark = byte(open), Self.isQuote(mark) else { return nil }
        var backslashCount = 0
        for index in (open + 1)..<text.count {
            if text[index] == mark, backslashCount % (2 * (level + 1)) == level {
                return (open + 1)..<(index - level)
            }
            backslashCount = text[index] == UInt8(ascii: "\\") ? backslashCount + 1 : 0
        }
        return (open + 1)..<text.count
    }

    /// Finds the end of a container.
    ///
    /// - Parameters:
    ///   - start: The index of the opening bracket.
    ///   - name: The container's name, whose quotation marks are those of the texts in it.
    /// - Returns: The index after the closing bracket, or the end of the text if it is missing.
    private func endOfContainer(at start: Int, of name: Name) -> Int {
        let mark = name.quote.map { text[$0.upperBound - 1] } ?? UInt8(ascii: "\"")
        let level = (name.quote?.count ?? 1) - 1
        var (depth, backslashCount, isQuoted) = (0, 0, false)
        for index in start..<text.count {
            switch text[index] {
            case mark where backslashCount % (2 * (level + 1)) == level: isQuoted.toggle()
            case UInt8(ascii: "{") where !isQuoted, UInt8(ascii: "[") where !isQuoted: depth += 1
            case UInt8(ascii: "}") where !isQuoted, UInt8(ascii: "]") where !isQuoted:
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            backslashCount = text[index] == UInt8(ascii: "\\") ? backslashCount + 1 : 0
        }
        return text.count
    }

    /// The word after `=`: to the next space, quotation mark, `&` or bracket of XML, or to a separator that another
    /// assignment follows.
    private func wordAfterEqualSign(from start: Int) -> Range<Int>? {
        var end = start
        loop: while end < text.count {
            let byte = text[end]
            switch byte {
            case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"),
                UInt8(ascii: "<"), UInt8(ascii: ">"):
                break loop
            case UInt8(ascii: ";"), UInt8(ascii: ","):
                if isBeforeAssignment(end + 1) { break loop }
            case UInt8(ascii: "\\") where isEscapeOfSeparator(end + 1): break loop
            default: break
            }
            end += 1
        }
        return start < end ? start..<end : nil
    }

    private func isBeforeAssignment(_ start: Int) -> Bool {
        let start = afterSpace(start, isNewlineSpace: true)
        guard start < text.count else { return true }
        var end = start
        while end < text.count, end - start < Self.maximumNameBytes, Self.isNamePart(text[end]) || text[end] == 0x20 {
            end += 1
        }
        return end > start && (byte(end) == UInt8(ascii: "=") || byte(end) == UInt8(ascii: ":"))
    }

    /// True for the rest of `\"`, `\n` and other escapes of a JSON string that cannot be a part of a word.
    private func isEscapeOfSeparator(_ index: Int) -> Bool {
        guard let byte = byte(index) else { return false }
        return "\"'nrt\\".utf8.contains(byte) || matches("u0026", at: index)
    }

    /// The text after a colon that is not quoted.
    ///
    /// At the start of a line it is a header or a setting, and goes to the end of the line. In a list of named values it
    /// is a word. In prose it is a word, and only names that prose does not use otherwise count.
    private func textAfterColon(from start: Int, _ name: Name) -> Range<Int>? {
        var before = name.range.lowerBound
        while before > 0, " \t-*".utf8.contains(text[before - 1]) { before -= 1 }
        let previous = byte(before - 1)
        let isLine =
            previous == nil || previous == 0x0A || previous == 0x0D || previous.map(Self.isQuote) == true
            || before >= 2 && text[before - 2] == UInt8(ascii: "\\") && "nrt".utf8.contains(text[before - 1])
        let isListed = name.quote != nil || previous.map { "({[,;&?|".utf8.contains($0) } == true
        if isLine, name.quote == nil {
            let line = endOfValue(from: start) { $0 == 0x0A || $0 == 0x0D }
            let isWord = !text[line].contains(0x20)
            if isWord || isHeader(name) || name.meaning == .secret { return line.isEmpty ? nil : line }
            return nil
        }
        let word = endOfValue(from: start) { $0 <= 0x20 || ",;)}]".utf8.contains($0) }
        let isOpaque = word.count >= Self.minimumOpaqueBytes && text[word].contains(where: \.isDigit)
        return !word.isEmpty && (isListed || isOpaque || name.meaning == .secret) ? word : nil
    }

    /// True for the names of headers whose values have several words.
    private func isHeader(_ name: Name) -> Bool {
        ["authorization", "cookie"].contains { word in
            text[name.range].count >= word.utf8.count
                && zip(text[name.range].suffix(word.utf8.count), word.utf8).allSatisfy { $0.lowercased == $1 }
        }
    }

    /// Returns the range to the next byte that ends it, or to the quotation mark around the whole.
    private func endOfValue(from start: Int, _ isEnd: (UInt8) -> Bool) -> Range<Int> {
        var end = start
        while end < text.count, !isEnd(text[end]), !Self.isQuote(text[end]),
            text[end] != UInt8(ascii: "\\") || !isEscapeOfSeparator(end + 1)
        {
            end += 1
        }
        return start..<end
    }

    /// The minimum length of a word with a digit that is masked after a common word of prose, in bytes.
    private static let minimumOpaqueBytes = 8

    /// True for a truth value, null or a number, none of which is a secret.
    private func isLiteral(_ range: Range<Int>, allowsNumber: Bool) -> Bool {
        var word = text[range]
        while let last = word.last, ",;)}]".utf8.contains(last) { word.removeLast() }
        let text = String(decoding: word, as: UTF8.self)
        if ["true", "false", "null", "nil", "None", "True", "False"].contains(text) { return true }
        // JSON's numbers, without `infinity` and hexadecimal ones.
        return allowsNumber && word.allSatisfy { $0.isDigit || "+-.eE".utf8.contains($0) } && Double(text) != nil
    }

    /// True for a part of a program that stands for a value: `?`, `$1`, `${NAME}`, `:name`, `%s`, `{{name}}`, `call(…`,
    /// `list[…`.
    private func isPlaceholder(_ range: Range<Int>) -> Bool {
        guard let first = text[range].first else { return false }
        let second = byte(range.lowerBound + 1) ?? 0
        switch first {
        case UInt8(ascii: "?"): return range.count == 1 || !second.isLetterOrDigit
        case UInt8(ascii: "$"): return second.isDigit || second == UInt8(ascii: "{") || second == UInt8(ascii: "(")
        case UInt8(ascii: ":"): return second.isLetter
        case UInt8(ascii: "%"): return second == UInt8(ascii: "s") || second == UInt8(ascii: "(")
        case UInt8(ascii: "{"): return second == UInt8(ascii: "{")
        default: break
        }
        var end = range.lowerBound
        while end < text.count, text[end].isLetterOrDigit || text[end] == 0x5F || text[end] == 0x2E { end += 1 }
        return first.isLetter && (byte(end) == UInt8(ascii: "(") || byte(end) == UInt8(ascii: "["))
    }

    // MARK: Exceptions

    /// True for a token beside its log probability: it is a language model's output.
    private func isModelOutput(_ name: Name, _ start: Int, _ end: Int) -> Bool {
        guard name.meaning == .commonWord, let quote = name.quote,
            name.range.count == "token".utf8.count + 2 * quote.count
        else { return false }
        let after = text[end...].prefix(Self.maximumLogProbabilityDistance).prefix { $0 != UInt8(ascii: "}") }
        let before = text[..<name.range.lowerBound].suffix(Self.maximumLogProbabilityDistance)
            .reversed().prefix { $0 != UInt8(ascii: "{") }.reversed()
        return Self.hasLogProbability(after) || Self.hasLogProbability(before)
    }

    /// True if the text has a name such as `logprob`, `logProbability` or `log_prob`.
    private static func hasLogProbability(_ text: some Sequence<UInt8>) -> Bool {
        let text = text.prefix(maximumLogProbabilityDistance).map(\.lowercased)
        return ["logprob", "log_prob"].contains { word in
            let word = Array(word.utf8)
            guard text.count >= word.count else { return false }
            return (0...(text.count - word.count)).contains { text[$0..<($0 + word.count)].elementsEqual(word) }
        }
    }

    // MARK: Forms and XML

    /// Finds the value of an entry whose name is a value itself: of `{"name": "password", "value": "…"}`, of
    /// `<add key="ApiKey" value="…"/>`, and of a part of `multipart/form-data`
    /// (https://www.rfc-editor.org/rfc/rfc7578), which stands after an empty line.
    private func namedEntry(_ attribute: Name, at start: Int) -> SecretText.Change? {
        let count = attribute.content.count
        guard count == 4 || count == 3, isWord("name", attribute.content) || isWord("key", attribute.content),
            let field = quotedText(at: start), meaning(of: field).isSecret
        else { return nil }
        return valueOfEntry(from: field.upperBound) ?? formPart(after: field)
    }

    private func isWord(_ word: String, _ range: Range<Int>) -> Bool {
        range.count == word.utf8.count && zip(text[range], word.utf8).allSatisfy { $0.lowercased == $1 }
    }

    /// Finds the quoted value of a member or an attribute `value` in the rest of an object or an element.
    private func valueOfEntry(from start: Int) -> SecretText.Change? {
        let end = min(text.count, start + Self.maximumNameBytes)
        var index = start
        while index < end, text[index] != UInt8(ascii: "}"), text[index] != UInt8(ascii: ">") {
            let isValue =
                text[index] == UInt8(ascii: "=") || text[index] == UInt8(ascii: ":")
                ? name(before: index)?.content : nil
            if let isValue, isWord("value", isValue) {
                return quotedText(at: afterSpace(index + 1, isNewlineSpace: true))
                    .flatMap { $0.isEmpty ? nil : SecretText.Change(range: $0) }
            }
            index += 1
        }
        return nil
    }

    private func formPart(after field: Range<Int>) -> SecretText.Change? {
        var index = field.upperBound
        for mark in ["\r\n\r\n", "\\r\\n\\r\\n", "\n\n", "\\n\\n"] {
            while byte(index) == UInt8(ascii: "\"") || byte(index) == UInt8(ascii: "\\") && matches("\"", at: index + 1)
            {
                index += 1
            }
            guard matches(mark, at: index) else { continue }
            let value = index + mark.utf8.count
            let end = endOfValue(from: value) { $0 == 0x0A || $0 == 0x0D }
            return end.isEmpty ? nil : SecretText.Change(range: end)
        }
        return nil
    }

    /// Finds the content of an XML element that is named like a secret.
    ///
    /// - Parameter index: The index of a `>`.
    /// - Returns: The content to mask, or nil if there is none, or the element is not named like a secret.
    func findElement(at index: Int) -> SecretText.Change? {
        let lowest = max(0, index - Self.maximumNameBytes)
        var start = index
        while start > lowest, text[start - 1] != UInt8(ascii: "<"), text[start - 1] != UInt8(ascii: ">") { start -= 1 }
        guard start > 0, start < index, text[start - 1] == UInt8(ascii: "<"), text[index - 1] != UInt8(ascii: "/")
        else { return nil }
        let name = text[start..<index].prefix { Self.isNamePart($0) || $0 == UInt8(ascii: ":") }
        guard meaning(of: name.startIndex..<name.endIndex).isSecret else { return nil }
        if matches("<![CDATA[", at: index + 1) {
            let content = index + 1 + "<![CDATA[".utf8.count
            var end = content
            while end < text.count, text[end] != UInt8(ascii: "]") || !matches("]]>", at: end) { end += 1 }
            return end > content ? SecretText.Change(range: content..<end) : nil
        }
        var end = index + 1
        while end < text.count, text[end] != UInt8(ascii: "<") { end += 1 }
        let isBlank = text[(index + 1)..<end].allSatisfy(\.isSpace)
        return isBlank ? nil : SecretText.Change(range: (index + 1)..<end)
    }

    // MARK: Bytes

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
    }

    private func byte(_ index: Int) -> UInt8? { text.indices.contains(index) ? text[index] : nil }

    private func matches(_ word: String, at start: Int) -> Bool {
        start >= 0 && word.utf8.count <= text.count - start
            && zip(text[start...], word.utf8).prefix(word.utf8.count).allSatisfy { $0 == $1 }
    }

    private func afterSpace(_ start: Int, isNewlineSpace: Bool) -> Int {
        var index = start
        while index < text.count, index - start < Self.maximumSpaceCount,
            text[index] == 0x20 || text[index] == 0x09 || isNewlineSpace && text[index].isSpace
        {
            index += 1
        }
        return index
    }
}
