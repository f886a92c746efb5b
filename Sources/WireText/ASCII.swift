// ASCII bytes: the classes of characters, white space and letter case of all texts on the wire.

extension UInt8 {
    package var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// True for A–Z and a–z.
    package var isLetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }

    package var isLetterOrDigit: Bool { isLetter || isDigit }

    /// True for `!` to `~`: no space, no control character, nothing beyond ASCII.
    package var isVisible: Bool { self > 0x20 && self < 0x7F }

    /// True for space, tab, line feed and carriage return.
    package var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

    /// The byte with A–Z in lower case.
    package var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension UnsafeBufferPointer<UInt8> {
    /// The length of a UTF-8 byte order mark (U+FEFF) at the start, in bytes; 0 if there is none.
    package var byteOrderMarkCount: Int {
        count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? 3 : 0
    }
}

extension BidirectionalCollection<UInt8> {
    fileprivate func trimmed() -> SubSequence {
        var rest = self[...]
        while rest.first?.isSpace == true { rest = rest.dropFirst() }
        while rest.last?.isSpace == true { rest = rest.dropLast() }
        return rest
    }
}

extension ArraySlice<UInt8> {
    /// Returns the bytes without white space at both ends.
    package func trimmingSpace() -> ArraySlice { trimmed() }
}

extension UnsafeRawBufferPointer {
    /// Returns the bytes without white space at both ends.
    package func trimmingSpace() -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: trimmed()) }
}

extension String {
    /// Returns the string without ASCII white space at both ends.
    package func trimmingSpace() -> String {
        // Fast path: most strings have none.
        guard utf8.first?.isSpace == true || utf8.last?.isSpace == true else { return self }
        return String(Substring(utf8.trimmed()))
    }

    /// Returns true if the strings are equal byte by byte, ignoring the case of A–Z, as for header names.
    package func equalsIgnoringCase(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        // Fast path: most names arrive in the case in which they are looked up.
        return self == other || zip(utf8, other.utf8).allSatisfy { $0.lowercased == $1.lowercased }
    }

    /// Passes the string's UTF-8 bytes to the body; they are valid only during the call.
    package func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        utf8.span.withUnsafeBufferPointer { body(UnsafeRawBufferPointer($0)) }
    }
}
