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

    /// Returns the string with decoded escapes, and U+FFFD for lone surrogates.
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

    /// Writes the string's bytes with decoded escapes.
    ///
    /// - Parameter output: The destination, at least as large as ``content``.
    /// - Returns: The number of bytes written; nil if an escape is malformed.
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
        hasEscapes
            ? withDecodedName { Self.areEqual($0, name, ignoresCase) } : Self.areEqual(content, name, ignoresCase)
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
        hasEscapes
            ? withDecodedName { Self.first(of: names, $0, ignoresCase) } : Self.first(of: names, content, ignoresCase)
    }

    private static func first(
        of names: [StaticString],
        _ text: UnsafeBufferPointer<UInt8>,
        _ ignoresCase: Bool
    ) -> StaticString? {
        for name in names where areEqual(text, name, ignoresCase) { return name }
        return nil
    }

    /// The maximum length of a name, in bytes; each byte may be an escape.
    private static let maximumNameBytes = 64

    /// Passes the string to the body with decoded escapes; no bytes if it is longer than any name or malformed.
    private func withDecodedName<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard content.count <= JSONEscapes.longest * Self.maximumNameBytes else {
            return body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: content.count) { buffer in
            body(UnsafeBufferPointer(rebasing: buffer[..<(decode(into: buffer) ?? 0)]))
        }
    }

    @inline(__always)
    private static func areEqual(
        _ text: UnsafeBufferPointer<UInt8>,
        _ name: StaticString,
        _ ignoresCase: Bool
    ) -> Bool {
        // The comparisons of the lengths and of the first letters exclude most names.
        guard text.count == name.utf8CodeUnitCount, let start = text.baseAddress, let first = text.first else {
            return false
        }
        guard ignoresCase else {
            return first == name.utf8Start.pointee && memcmp(start, name.utf8Start, text.count) == 0
        }
        guard first.lowercased == name.utf8Start.pointee else { return false }
        return zip(text, UnsafeBufferPointer(start: name.utf8Start, count: text.count)).allSatisfy {
            $0.lowercased == $1
        }
    }
}
