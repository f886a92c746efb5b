import ArgumentParser

/// JSON on the command line: the text itself, `@FILE`, or `@-` and `-` for standard input.
struct JSONArgument: ExpressibleByArgument, Sendable {
    private let text: String

    init(argument: String) {
        self.text = argument
    }

    var defaultValueDescription: String { text }

    /// Reads the JSON text.
    ///
    /// - Parameter limitBytes: The size limit, in bytes; the rest is not read.
    /// - Returns: The bytes, which need not be JSON.
    /// - Throws: ``InputFileError``.
    func read(limitBytes: Int) throws(InputFileError) -> [UInt8] {
        if text == "-" { return try TextFiles.read(PathArgument(text), limitBytes: limitBytes) }
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        guard let file = PathArgument(argument: String(text.dropFirst())) else {
            throw InputFileError(description: "'@' needs a file, as in @event.json, or @- for standard input")
        }
        return try TextFiles.read(file, limitBytes: limitBytes)
    }
}
