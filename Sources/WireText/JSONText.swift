internal import Platform

/// A string in JSON text that is not copied yet.
///
/// Valid only while the text's memory is valid.
package struct JSONText {
    /// The text between the quotes, with its escapes.
    package let content: UnsafeBufferPointer<UInt8>
    package let hasEscapes: Bool

    init(_ content: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        self.content = content
        self.hasEscapes = hasEscapes
    }

    // MARK: Decoding

    /// The maximum length of a decoded string unless another one is given, in bytes.
    ///
    /// Ids, header values and names are short; longer strings are ignored.
    package static let maximumDecodedBytes = 16 * 1024

    /// Returns the string with decoded escapes.
    ///
    /// - Parameter maximum: The maximum length with the escapes, in bytes.
    /// - Returns: The string; nil if it is too long, or its escapes or its UTF-8 are malformed.
    package func decoded(maximumBytes maximum: Int = maximumDecodedBytes) -> String? {
        guard content.count <= maximum else { return nil }
        guard hasEscapes else { return Self.string(content) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: content.count) { buffer in
            decode(into: buffer).flatMap { Self.string(UnsafeBufferPointer(rebasing: buffer[..<$0])) }
        }
    }

    private static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard let valid = try? UTF8Span(validating: bytes.span) else { return nil }
        return String(copying: valid)
    }

    /// Returns the string as an id; nil if it is blank or malformed.
    package func decodedID() -> String? {
        guard let text = decoded(), text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        return text
    }

    /// Writes the string's bytes with decoded escapes.
    ///
    /// - Parameter output: The destination, at least as large as ``content``.
    /// - Returns: The number of bytes written; nil if an escape is malformed or a lone surrogate.
    package func decode(into output: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        JSONEscapes.decode(content, into: output)
    }

    // MARK: Comparison without a copy: an event may have a million members

    /// Returns true if this string is the given name.
    ///
    /// - Parameters:
    ///   - name: The name in ASCII; in lower case if case is ignored.
    ///   - ignoresCase: True to ignore the case of A–Z, as for header names.
    /// - Returns: True if this string is the name.
    package func equals(_ name: StaticString, ignoringCase ignoresCase: Bool = false) -> Bool {
        // The comparison of lengths excludes most names.
        (hasEscapes || content.count == name.utf8CodeUnitCount) && isEqual(name, ignoresCase)
    }

    func isEqual(_ name: StaticString, _ ignoresCase: Bool) -> Bool {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard hasEscapes else { return Self.areEqual(content, name, ignoresCase) }
        guard content.count > name.count, content.count <= JSONEscapes.longest * name.count else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: content.count) { buffer in
            guard let count = decode(into: buffer) else { return false }
            return Self.areEqual(UnsafeBufferPointer(rebasing: buffer[..<count]), name, ignoresCase)
        }
    }

    private static func areEqual(
        _ text: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>,
        _ ignoresCase: Bool
    ) -> Bool {
        guard text.count == name.count, let start = text.baseAddress, let nameStart = name.baseAddress else {
            return text.count == name.count
        }
        return ignoresCase
            ? zip(text, name).allSatisfy { $0.lowercased == $1 } : memcmp(start, nameStart, name.count) == 0
    }

    /// Returns true if this string is the given name, which is not a literal.
    package func matches(_ name: String) -> Bool {
        hasEscapes ? decoded() == name : content.elementsEqual(name.utf8)
    }

    /// Returns the one of the given names that equals this string, or nil.
    ///
    /// - Parameters:
    ///   - names: The names in ASCII; in lower case if case is ignored.
    ///   - ignoresCase: True to ignore the case of A–Z, as for header names.
    /// - Returns: The name, or nil.
    package func first(of names: [StaticString], ignoringCase ignoresCase: Bool = false) -> StaticString? {
        names.first { equals($0, ignoringCase: ignoresCase) }
    }
}
