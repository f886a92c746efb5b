/// JSON writer: the only one of the workbench.
struct JSONWriter {
    /// The layout of the text.
    enum Layout {
        /// A single line.
        case compact
        /// One member per line, indented by two spaces.
        case pretty
    }

    private(set) var bytes: [UInt8] = []
    private let layout: Layout
    private var indentation = 0

    init(layout: Layout) {
        self.layout = layout
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let bool): append(bool ? "true" : "false")
        case .number(let number): append(number.text)
        case .string(let string): write(string)
        case .array(let elements):
            write(elements, between: "[", "]") { writer, element in writer.write(element) }
        case .object(let object):
            write(object.members, between: "{", "}") { writer, member in
                writer.write(member.name)
                writer.append(writer.layout == .pretty ? ": " : ":")
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
        append(open)
        indentation += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            breakLine()
            writeElement(&self, element)
        }
        indentation -= 1
        if !elements.isEmpty { breakLine() }
        append(close)
    }

    private mutating func breakLine() {
        guard layout == .pretty else { return }
        append("\n" + String(repeating: "  ", count: indentation))
    }

    /// Escapes the characters that JSON requires, and those that can control a terminal or hide text in one: DEL, the
    /// C1 controls, the line separators and the bidirectional formatting characters.
    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            var runStart = 0
            var position = 0
            while position < utf8.count {
                let width = Self.escapedWidth(in: utf8, at: position)
                guard width > 0 else {
                    position += 1
                    continue
                }
                bytes += utf8[runStart..<position]
                writeEscape(utf8[position..<(position + width)])
                position += width
                runStart = position
            }
            bytes += utf8[runStart...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The number of bytes at a position that need an escape together; 0 for none.
    private static func escapedWidth(in utf8: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
        switch utf8[position] {
        case ..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F: return 1
        // U+0080 to U+009F.
        case 0xC2: return utf8[position + 1] <= 0x9F ? 2 : 0
        case 0xE2:
            switch (utf8[position + 1], utf8[position + 2]) {
            // U+200E and U+200F; U+2028 to U+202E; U+2066 to U+2069.
            case (0x80, 0x8E...0x8F), (0x80, 0xA8...0xAE), (0x81, 0xA6...0xA9): return 3
            default: return 0
            }
        default: return 0
        }
    }

    private mutating func writeEscape(_ utf8: Slice<UnsafeBufferPointer<UInt8>>) {
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            default:
                let digits = String(scalar.value, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
    }

    private mutating func append(_ text: String) {
        bytes += text.utf8
    }
}
