/// The name of a new function, as deployed and as a Swift type.
package struct FunctionName: Sendable, Hashable {
    /// Lambda's limit of a function's name, in characters.
    package static let limitCharacters = 64
    /// The names of modules that a function's source imports.
    private static let reservedNames: Set = ["TracedLambda", "TracedLambdaTesting", "Testing", "Foundation", "Swift"]

    /// The given name, used for the folder and for Lambda.
    package let text: String
    /// The name of the target, the product and the type.
    package let typeName: String

    /// Creates a name; `nil` unless it consists of letters, digits, `-` and `_`, begins with a letter, and gives an
    /// unused type name.
    ///
    /// - Parameter text: The name, for example `order-worker`, whose type is `OrderWorker`.
    package init?(_ text: String) {
        let words = text.split { $0 == "-" || $0 == "_" }
        let typeName = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let isLegal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isLegal, text.first?.isLetter == true, text.count <= Self.limitCharacters,
            !Self.reservedNames.contains(typeName)
        else { return nil }
        self.text = text
        self.typeName = typeName
    }
}
