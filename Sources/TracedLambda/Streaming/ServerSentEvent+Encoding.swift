package import HTTPCalls
internal import SessionTracing

extension ServerSentEvent {
    /// Encodes the event.
    ///
    /// - Returns: The encoded event in UTF-8.
    /// - Throws: ``ResponseStreamError`` if the type or the id contains a line break, which would end its field, or a
    ///   NUL.
    package func encoded() throws(ResponseStreamError) -> [UInt8] {
        var text = ""
        if let event { text += try Self.field("event", event) }
        if let id { text += try Self.field("id", id) }
        if let retry { text += "retry: \(max(0, retry.wholeNanoseconds / 1_000_000))\n" }
        // Swift treats a carriage return with its line feed as one character; for the client both end a line.
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isLineEnd) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    private static func field(_ name: String, _ value: String) throws(ResponseStreamError) -> String {
        guard value.utf8.allSatisfy({ $0 != 0 && $0 != 0x0A && $0 != 0x0D }) else {
            throw ResponseStreamError(code: .invalidEvent, detail: "its \(name) holds a line break or a NUL")
        }
        return "\(name): \(value)\n"
    }
}

extension Character {
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}
