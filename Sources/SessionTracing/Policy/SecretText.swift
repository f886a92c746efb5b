internal import WireText

/// Masks the secrets within a text, whatever its syntax: JSON, also cut or within other JSON, forms and query strings,
/// headers, connection strings, XML, descriptions of values, and prose.
///
/// Two rules: a value that the text names, as in `"password": "…"` and `access_token=…`, is masked if the name is that
/// of a secret (``SecretKey``); and secrets of known formats are masked wherever they are (``SecretFormat``).
///
/// One pass over the bytes. It stops only at bytes with which one of the rules can begin.
struct SecretText {
    private let text: UnsafeBufferPointer<UInt8>
    private let depth: Int
    private var changes: [Change] = []
    /// The end of the last value that was percent-decoded.
    private var encodedEnd = 0

    /// A part of the text that is replaced by the mask.
    struct Change {
        var range: Range<Int>
        /// The quotation marks to write around the mask; empty if they are kept or if there are none.
        var quote: Range<Int> = 0..<0
    }

    /// The maximum nesting of base64 and percent-encoding that is decoded.
    private static let maximumEncodingDepth = 2

    /// Returns the text without its secrets, or nil if it has none.
    static func masked(_ text: String) -> String? {
        text.withUTF8Bytes { masked($0.bindMemory(to: UInt8.self), depth: 0) }
    }

    private static func masked(_ text: UnsafeBufferPointer<UInt8>, depth: Int) -> String? {
        if depth < maximumEncodingDepth, let decoded = textInBase64(text) {
            let hasSecret = decoded.withUnsafeBufferPointer { masked($0, depth: depth + 1) != nil }
            if hasSecret { return Redaction.mask }
        }
        var scan = SecretText(text: text, depth: depth)
        scan.run()
        return scan.changes.isEmpty ? nil : scan.result
    }

    /// Returns the text that the whole text is in base64, of either alphabet, with or without padding and line breaks;
    /// nil if it is not that.
    private static func textInBase64(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        // Most texts have a space or a sign near their start.
        guard text.count >= minimumBase64Bytes,
            text.prefix(minimumBase64Bytes).allSatisfy({ standardBase64($0) != nil })
        else { return nil }
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count)
        for byte in text where byte != 0x0A && byte != 0x0D {
            guard let byte = standardBase64(byte) else { return nil }
            standard.append(byte)
        }
        var isText = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Base64.maximumDecodedCount(standard.count)) { output, count in
            guard let written = standard.withUnsafeBufferPointer({ Base64.decode($0, into: output) }) else { return }
            isText = output[..<written].allSatisfy { $0 >= 0x20 || $0.isSpace }
            count = written
        }
        return isText ? bytes : nil
    }

    /// Returns the byte of the standard alphabet; nil if it is in neither.
    private static func standardBase64(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): byte
        default: byte.isLetterOrDigit ? byte : nil
        }
    }

    private static let minimumBase64Bytes = 16

    private init(text: UnsafeBufferPointer<UInt8>, depth: Int) {
        self.text = text
        self.depth = depth
    }

    private var result: String {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + 32)
        var position = 0
        for change in changes {
            output += text[position..<change.range.lowerBound]
            output += text[change.quote]
            output += Redaction.mask.utf8
            output += text[change.quote]
            position = change.range.upperBound
        }
        output += text[position...]
        return String(decoding: output, as: UTF8.self)
    }

    /// The number of bytes that are searched at once.
    private static let stepBytes = 2 * ByteBlock.byteCount

    private mutating func run() {
        guard let bytes = UnsafeRawPointer(text.baseAddress) else { return }
        var index = 0
        // The end of the last change, before which nothing is looked at again.
        var floor = 0
        // The byte after the last one is read, too.
        while index < text.count - Self.stepBytes {
            find(in: bytes + index, at: index, floor: &floor)
            index = max(index + Self.stepBytes, floor)
        }
        guard index < text.count else { return }
        // The rest with zeros behind it, so that it can be read like the others.
        withUnsafeTemporaryAllocation(byteCount: Self.stepBytes + 1, alignment: ByteBlock.byteCount) { rest in
            rest.initializeMemory(as: UInt8.self, repeating: 0)
            rest.copyMemory(from: UnsafeRawBufferPointer(start: bytes + index, count: text.count - index))
            if let start = rest.baseAddress { find(in: UnsafeRawPointer(start), at: index, floor: &floor) }
        }
    }

    /// Looks at one step of the text.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the step, and one more.
    ///   - start: Their index in the text.
    ///   - floor: The index before which nothing is looked at.
    @inline(__always)
    private mutating func find(in bytes: UnsafeRawPointer, at start: Int, floor: inout Int) {
        let first = ByteMatches(Self.triggers(bytes))
        let second = ByteMatches(Self.triggers(bytes + ByteBlock.byteCount))
        guard !first.isEmpty || !second.isEmpty else { return }
        find(first, at: start, floor: &floor)
        find(second, at: start + ByteBlock.byteCount, floor: &floor)
    }

    private mutating func find(_ triggers: ByteMatches, at start: Int, floor: inout Int) {
        var triggers = triggers
        while let offset = triggers.popFirst() {
            guard start + offset >= floor, let change = change(at: start + offset, after: floor) else { continue }
            changes.append(change)
            floor = change.range.upperBound
        }
    }

    /// The bytes of a block with which a rule can begin: `:`, `;`, `<`, `=`, `>`, `%`, and those of ``SecretFormat``.
    @inline(__always)
    private static func triggers(_ bytes: UnsafeRawPointer) -> ByteBlock.Mask {
        let block = bytes.loadUnaligned(as: ByteBlock.self)
        let next = bytes.loadUnaligned(fromByteOffset: 1, as: ByteBlock.self)
        let signs = block &- ByteBlock(UInt8(ascii: ":")) .<= ByteBlock(4)
        return signs .| block.equals(UInt8(ascii: "%")) .| SecretFormat.triggers(block, next)
    }

    private mutating func change(at index: Int, after floor: Int) -> Change? {
        let change: Change? =
            switch text[index] {
            case UInt8(ascii: "="): NamedValue(text).find(at: index)
            case UInt8(ascii: ":"):
                SecretFormat.passwordOfURL(text, at: index).map { Change(range: $0) }
                    ?? NamedValue(text).find(at: index)
            case UInt8(ascii: "%"): encodedValue(around: index, after: floor)
            case UInt8(ascii: ">"): NamedValue(text).findElement(at: index)
            case UInt8(ascii: ";"), UInt8(ascii: "<"): nil
            default: SecretFormat.find(in: text, at: index).map { Change(range: $0) }
            }
        guard let change, change.range.lowerBound >= floor, !change.range.isEmpty else { return nil }
        return text[change.range].elementsEqual(Redaction.mask.utf8) ? nil : change
    }

    /// Finds the percent-encoded value around a `%`; it is masked whole if it has a secret when it is decoded.
    private mutating func encodedValue(around index: Int, after floor: Int) -> Change? {
        guard index >= encodedEnd, depth < Self.maximumEncodingDepth else { return nil }
        var start = index
        while start > max(floor, encodedEnd), !Self.endsEncodedValue(text[start - 1]) { start -= 1 }
        var end = index
        while end < text.count, !Self.endsEncodedValue(text[end]) { end += 1 }
        encodedEnd = end
        let decoded = Array(PercentEncoding.decode(Array(text[start..<end])[...], decodesPlus: true).utf8)
        let hasSecret = decoded.withUnsafeBufferPointer { Self.masked($0, depth: depth + 1) != nil }
        return hasSecret ? Change(range: start..<end) : nil
    }

    private static func endsEncodedValue(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "?"), UInt8(ascii: "#"):
            true
        default: false
        }
    }
}
