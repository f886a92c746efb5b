extension JSONValue {
    /// Parses a JSON text (RFC 8259).
    ///
    /// A repeated name is not an error.
    ///
    /// - Parameters:
    ///   - bytes: The entire text, in UTF-8.
    ///   - depthLimit: The limit of nested arrays and objects.
    /// - Throws: ``JSONError`` when the text is malformed, truncated, not UTF-8, or too deeply nested.
    package init(parsing bytes: [UInt8], depthLimit: Int = 128) throws(JSONError) {
        var parser = JSONParser(bytes, depthLimit: depthLimit)
        self = try parser.parse()
    }

    /// Parses a JSON text.
    ///
    /// - Parameter text: The entire text.
    /// - Throws: ``JSONError``, as ``init(parsing:depthLimit:)`` does.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The value as JSON text on one line.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The value as JSON text with one member per line.
    package var prettyText: String {
        var writer = JSONWriter(layout: .pretty)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The value as JSON text on one line, in UTF-8.
    package var bytes: [UInt8] {
        var writer = JSONWriter(layout: .compact)
        writer.write(self)
        return writer.bytes
    }
}
