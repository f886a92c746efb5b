package import OTLP

/// Reads the part of YAML 1.2 that a settings file needs (https://yaml.org/spec/1.2.2/): block mappings and sequences,
/// flow sequences and mappings on one line, plain and quoted scalars, comments.
///
/// Anchors, tags, block scalars and several documents are errors that name the line.
package struct YAMLReader {
    /// The limit of a file, in bytes.
    package static let limitBytes = 1_024 * 1_024
    /// The limit of nested mappings and sequences.
    private static let depthLimit = 32

    private struct Line {
        let number: Int
        var indent: Int
        var text: String
    }

    private var lines: [Line] = []
    private var position = 0

    /// Reads a text.
    ///
    /// - Returns: The value as JSON; `null` for an empty text.
    /// - Throws: ``YAMLError`` with the number of the line.
    package static func read(_ text: String) throws(YAMLError) -> JSONValue {
        var reader = YAMLReader()
        try reader.split(text)
        guard let first = reader.lines.first else { return .null }
        let value = try reader.block(first.indent, depth: 0)
        guard reader.position == reader.lines.count else {
            throw YAMLError(reader.lines[reader.position].number, "the indentation fits no line above it")
        }
        return value
    }

    // MARK: Lines

    private mutating func split(_ text: String) throws(YAMLError) {
        // A carriage return and a line feed are one character.
        let rawLines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in rawLines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let rest = Self.withoutComment(line.dropFirst(indent))
            if rest.isEmpty || (rest == "---" && lines.isEmpty) { continue }
            guard rest.first != "\t" else { throw YAMLError(index + 1, "a tab indents the line; use spaces") }
            guard rest != "---", rest != "..." else { throw YAMLError(index + 1, "only one document is read") }
            lines.append(Line(number: index + 1, indent: indent, text: rest))
        }
    }

    /// The text before a comment, without spaces at its end.
    private static func withoutComment(_ text: Substring) -> String {
        var quote: Character?
        var closed: Character?
        var previous: Character = " "
        var result = ""
        for character in text {
            if let open = quote {
                if character == open, open == "'" || previous != "\\" { (quote, closed) = (nil, open) }
            } else if character == closed, closed == "'", previous == "'" {
                // Two quotes are one in the text.
                quote = "'"
            } else if character == "#", previous == " " || previous == "\t" {
                break
            } else if character == "'" || character == "\"", " [{,:-".contains(previous) {
                quote = character
            }
            result.append(character)
            previous = previous == "\\" && character == "\\" ? " " : character
        }
        while result.last == " " || result.last == "\t" { result.removeLast() }
        return result
    }

    // MARK: Blocks

    private mutating func block(_ indent: Int, depth: Int) throws(YAMLError) -> JSONValue {
        let line = lines[position]
        guard depth < Self.depthLimit else { throw YAMLError(line.number, "more than \(Self.depthLimit) levels") }
        if Self.isItem(line.text) { return try sequence(indent, depth) }
        if try Self.entry(line.text, line.number) != nil { return try mapping(indent, depth) }
        position += 1
        return try Self.scalar(line.text, line.number)
    }

    private static func isItem(_ text: String) -> Bool { text == "-" || text.hasPrefix("- ") }

    private mutating func sequence(_ indent: Int, _ depth: Int) throws(YAMLError) -> JSONValue {
        var elements: [JSONValue] = []
        while position < lines.count, lines[position].indent == indent, Self.isItem(lines[position].text) {
            let line = lines[position]
            let rest = line.text.dropFirst().drop { $0 == " " }
            if rest.isEmpty {
                position += 1
                elements.append(try nested(deeperThan: indent, depth))
            } else {
                // What follows the dash is a block of its own, indented by its column.
                lines[position].indent = indent + line.text.count - rest.count
                lines[position].text = String(rest)
                elements.append(try block(lines[position].indent, depth: depth + 1))
            }
        }
        return .array(elements)
    }

    private mutating func mapping(_ indent: Int, _ depth: Int) throws(YAMLError) -> JSONValue {
        var object = JSONObject()
        while position < lines.count, lines[position].indent == indent {
            let line = lines[position]
            guard !Self.isItem(line.text), let (name, text) = try Self.entry(line.text, line.number) else {
                throw YAMLError(line.number, "'\(line.text)' is no 'name: value'")
            }
            guard object[name] == nil else { throw YAMLError(line.number, "'\(name)' is there twice") }
            position += 1
            if !text.isEmpty {
                object[name] = try Self.scalar(text, line.number)
            } else if position < lines.count, lines[position].indent == indent, Self.isItem(lines[position].text) {
                object[name] = try sequence(indent, depth + 1)
            } else {
                object[name] = try nested(deeperThan: indent, depth)
            }
        }
        return .object(object)
    }

    private mutating func nested(deeperThan indent: Int, _ depth: Int) throws(YAMLError) -> JSONValue {
        guard position < lines.count, lines[position].indent > indent else { return .null }
        return try block(lines[position].indent, depth: depth + 1)
    }

    /// The name and the text of `name: value`; `nil` when the text is none.
    private static func entry(_ text: String, _ number: Int) throws(YAMLError) -> (String, String)? {
        var scanner = FlowScanner(text, number)
        if text.first == "\"" || text.first == "'" {
            let name = try scanner.quoted()
            guard scanner.take(":"), scanner.isAtEnd || scanner.peek == " " else { return nil }
            return (name, scanner.rest)
        }
        guard text.first != "[", text.first != "{" else { return nil }
        for index in text.indices where text[index] == ":" {
            let next = text.index(after: index)
            guard next == text.endIndex || text[next] == " " else { continue }
            return (String(text[..<index]), String(text[next...].drop { $0 == " " }))
        }
        return nil
    }

    // MARK: Scalars

    private static func scalar(_ text: String, _ number: Int) throws(YAMLError) -> JSONValue {
        var scanner = FlowScanner(text, number)
        guard let first = text.first else { return .null }
        if "[{\"'".contains(first) {
            let value = try scanner.value(depth: 0)
            guard scanner.rest.isEmpty else { throw YAMLError(number, "there is more after the value") }
            return value
        }
        return try plain(text, number)
    }

    fileprivate static func plain(_ text: String, _ number: Int) throws(YAMLError) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        if let first = text.first, "&*!|>%@`".contains(first) {
            throw YAMLError(number, "'\(first)' at the begin of a value is not supported; put the text in quotes")
        }
        if let value = try? JSONValue(parsing: text), value.number != nil { return value }
        return .string(text)
    }

    /// Reads values on one line.
    private struct FlowScanner {
        private let characters: [Character]
        private var index = 0
        private let number: Int

        init(_ text: String, _ number: Int) {
            characters = Array(text)
            self.number = number
        }

        var isAtEnd: Bool { index >= characters.count }
        var peek: Character? { isAtEnd ? nil : characters[index] }
        var rest: String { String(String(characters[min(index, characters.count)...]).drop { $0 == " " }) }

        mutating func take(_ character: Character) -> Bool {
            guard peek == character else { return false }
            index += 1
            return true
        }

        private mutating func skipSpaces() { while take(" ") {} }

        mutating func value(depth: Int) throws(YAMLError) -> JSONValue {
            guard depth < depthLimit else { throw YAMLError(number, "more than \(depthLimit) levels") }
            skipSpaces()
            switch peek {
            case "\"", "'": return .string(try quoted())
            case "[":
                var elements: [JSONValue] = []
                try list("]") { scanner throws(YAMLError) in elements.append(try scanner.value(depth: depth + 1)) }
                return .array(elements)
            case "{":
                var object = JSONObject()
                try list("}") { scanner throws(YAMLError) in
                    let name = try scanner.name()
                    object[name] = try scanner.value(depth: depth + 1)
                }
                return .object(object)
            default: return try YAMLReader.plain(until(",]}"), number)
            }
        }

        private mutating func list(
            _ end: Character,
            _ element: (inout FlowScanner) throws(YAMLError) -> Void
        ) throws(YAMLError) {
            index += 1
            skipSpaces()
            while !take(end) {
                guard !isAtEnd else { throw YAMLError(number, "'\(end)' is missing at the end of the line") }
                try element(&self)
                skipSpaces()
                if !take(",") {
                    guard peek == end else { throw YAMLError(number, "',' or '\(end)' is missing") }
                }
                skipSpaces()
            }
        }

        private mutating func name() throws(YAMLError) -> String {
            let name = peek == "\"" || peek == "'" ? try quoted() : until(":")
            guard take(":") else { throw YAMLError(number, "':' is missing after '\(name)'") }
            return name
        }

        private mutating func until(_ ends: String) -> String {
            var text = ""
            while let character = peek, !ends.contains(character) {
                text.append(character)
                index += 1
            }
            while text.last == " " { text.removeLast() }
            return text
        }

        mutating func quoted() throws(YAMLError) -> String {
            guard let quote = peek else { return "" }
            let start = index
            index += 1
            var text = ""
            while let character = peek {
                index += 1
                if quote == "'" {
                    guard character == "'" else { text.append(character); continue }
                    guard take("'") else { return text }
                    text.append("'")
                } else if character == "\\" {
                    index += 1
                } else if character == "\"" {
                    let json = String(characters[start..<min(index, characters.count)])
                    guard let value = (try? JSONValue(parsing: json))?.string else { break }
                    return value
                }
            }
            throw YAMLError(number, "the quoted text is malformed or has no end")
        }
    }
}

/// An error of a YAML text, with its line.
package struct YAMLError: Error, CustomStringConvertible {
    package let description: String

    init(_ line: Int, _ reason: String) { description = "line \(line): \(reason)" }
}
