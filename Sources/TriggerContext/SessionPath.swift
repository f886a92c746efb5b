/// A function's own place of the session's id in its events, such as `detail.conversation.id`.
package struct SessionPath: Sendable, Hashable {
    /// The names of members, and numbers of elements, from the outside in.
    package let steps: [String]

    /// A longer path is refused: each step may look at all that the one before found.
    package static let maximumStepCount = 16

    /// Nil when a step is empty or there are over 16.
    ///
    /// - Parameter text: Keys and array indices, separated by dots.
    package init?(_ text: String) {
        let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard steps.count <= Self.maximumStepCount, !steps.contains("") else { return nil }
        self.steps = steps
    }

    /// Follows the path.
    ///
    /// Where a text stands in the way, as an HTTP body does, it is opened as a document of its own.
    ///
    /// - Returns: The text or number at the path's end; nil when the path leads nowhere.
    func find(in text: UnsafeBufferPointer<UInt8>) -> String? {
        var texts = NestedText()
        var value = JSONValue(text)
        var openedCount = 0
        for step in steps {
            // A text may be the text of a text.
            while let string = value.string {
                guard openedCount < Self.maximumStepCount, let document = texts.open(string) else { return nil }
                openedCount += 1
                value = JSONValue(document)
            }
            guard let next = try? Self.next(step, in: value) else { return nil }
            value = next
        }
        return value.string?.decodedID() ?? value.number
    }

    private static func next(_ step: String, in value: JSONValue) throws(MalformedJSON) -> JSONValue? {
        switch value {
        case .object(let cursor):
            var members = JSONMembers(cursor)
            while let (name, value) = try members.next() {
                if name.matches(step) { return value }
            }
        case .array(let cursor):
            guard let index = Int(step) else { return nil }
            var elements = JSONElements(cursor)
            var count = 0
            while let element = try elements.next() {
                if count == index { return element }
                count += 1
            }
        default: break
        }
        return nil
    }
}
