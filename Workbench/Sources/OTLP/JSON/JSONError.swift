/// A parse error of a JSON text.
package struct JSONError: Error, Sendable, Hashable {
    /// The kind of error.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String

        /// The text breaks JSON's grammar.
        package static let malformed = Code(description: "malformed")
        /// The text ends in the middle of a value.
        package static let truncated = Code(description: "truncated")
        /// Arrays and objects are nested deeper than the limit.
        package static let tooDeep = Code(description: "too deep")
    }

    /// The kind of error.
    package let code: Code
    /// The number of bytes before the error.
    package let byteOffset: Int
    /// The parser's expectation at that offset.
    package let reason: String

    init(_ code: Code, at byteOffset: Int, _ reason: String) {
        self.code = code
        self.byteOffset = byteOffset
        self.reason = reason
    }
}

extension JSONError: CustomStringConvertible {
    /// The reason with its offset, for people.
    package var description: String { "\(reason) at byte \(byteOffset)" }
}
