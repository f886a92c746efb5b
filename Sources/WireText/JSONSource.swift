internal import Synchronization

/// The JSON text that a decoder reads, for types that need more of it than the decoder tells: `JSONDecoder` does not
/// tell `1.0` from `1`.
///
/// It is an entry of the decoder's `userInfo`.
package final class JSONSource: Sendable {
    /// The key in `userInfo`.
    package static let key = CodingUserInfoKey(rawValue: "swift-traced-lambda.json-source")

    private let text: [UInt8]
    /// The parsed texts, by the type of their tree.
    private let parsed = Mutex<[ObjectIdentifier: any Sendable]>([:])

    package init(_ text: [UInt8]) {
        self.text = text
    }

    /// Returns the source of a decoder; nil if it has none.
    package static func source(of decoder: any Decoder) -> JSONSource? {
        key.flatMap { decoder.userInfo[$0] as? JSONSource }
    }

    /// Returns the parsed text.
    ///
    /// - Parameter parse: Parses the text; called only the first time for the type of its result.
    /// - Returns: The result of the first call.
    package func parsed<Tree: Sendable>(_ parse: (UnsafeBufferPointer<UInt8>) -> Tree) -> Tree {
        parsed.withLock { parsed in
            // The tree itself can be an optional value that is nil.
            if let known = parsed[ObjectIdentifier(Tree.self)], let tree = known as? Tree { return tree }
            let tree = text.withUnsafeBufferPointer(parse)
            parsed[ObjectIdentifier(Tree.self)] = tree
            return tree
        }
    }
}
