extension JSONValue {
    /// Parses a JSON text (RFC 8259).
    ///
    /// - Parameter bytes: The whole text, in UTF-8.
    /// - Throws: ``JSONError`` when the text breaks the grammar, is cut off, is not UTF-8, or nests deeper than 128 levels.
    ///   A name that is there twice is no error.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.parse()
    }

    /// Parses a JSON text.
    ///
    /// - Parameter text: The whole text.
    /// - Throws: ``JSONError``, as ``init(parsing:)-([UInt8])`` does.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The value as JSON text on one line.
    package var text: String {
        var writer = JSONWriter(layout: .compact)
        writer.write(self)
        return writer.text
    }

    /// The value as JSON text with a line for each member.
    package var prettyText: String {
        var writer = JSONWriter(layout: .pretty)
        writer.write(self)
        return writer.text
    }

    /// The value as JSON text on one line, in UTF-8.
    package var bytes: [UInt8] { Array(text.utf8) }
}
