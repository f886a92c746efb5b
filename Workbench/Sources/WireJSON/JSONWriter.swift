/// Writes JSON text: the only place of the workbench that does.
struct JSONWriter {
    /// How the text is laid out.
    enum Layout {
        /// On one line.
        case compact
        /// One member a line, indented by two spaces.
        case pretty
    }

    private(set) var text = ""
    private let layout: Layout
    private var indentation = 0

    init(layout: Layout) {
        self.layout = layout
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .number(let number): text += number.text
        case .string(let string): write(string)
        case .array(let elements):
            write(elements, between: "[", "]") { writer, element in writer.write(element) }
        case .object(let object):
            write(object.members, between: "{", "}") { writer, member in
                writer.write(member.name)
                writer.text += writer.layout == .pretty ? ": " : ":"
                writer.write(member.value)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element],
        between open: String,
        _ close: String,
        _ writeElement: (inout JSONWriter, Element) -> Void
    ) {
        text += open
        indentation += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            breakLine()
            writeElement(&self, element)
        }
        indentation -= 1
        if !elements.isEmpty { breakLine() }
        text += close
    }

    private mutating func breakLine() {
        guard layout == .pretty else { return }
        text += "\n" + String(repeating: "  ", count: indentation)
    }

    /// Escapes what JSON must escape, and besides it what can drive a terminal or hide text in one: DEL, the C1
    /// controls, the line separators and the characters that turn the direction of writing.
    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}"..."\u{200F}", "\u{2028}"..."\u{202E}",
                "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
