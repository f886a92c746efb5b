/// Why a text is not the JSON that was asked for.
package struct JSONError: Error, Sendable, Hashable {
    /// What went wrong.
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

    /// What went wrong.
    package let code: Code
    /// Where: the number of bytes before the fault.
    package let byteOffset: Int
    /// What the parser expected there.
    package let reason: String

    init(_ code: Code, at byteOffset: Int, _ reason: String) {
        self.code = code
        self.byteOffset = byteOffset
        self.reason = reason
    }
}

extension JSONError: CustomStringConvertible {
    /// The reason with its place, for people.
    package var description: String { "\(reason) at byte \(byteOffset)" }
}
