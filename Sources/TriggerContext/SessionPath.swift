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
        var rest = steps[...]
        var document: [UInt8]?
        // Each step takes one round at most, and opening a text takes another.
        for _ in 0...(2 * steps.count) {
            let outcome = document?.withUnsafeBufferPointer { walk($0, &rest) } ?? walk(text, &rest)
            switch outcome {
            case .found(let id): return id
            case .nothing: return nil
            case .opened(let inner): document = inner
            }
        }
        return nil
    }

    private enum Outcome {
        case found(String)
        case opened([UInt8])
        case nothing
    }

    private func walk(_ text: UnsafeBufferPointer<UInt8>, _ rest: inout ArraySlice<String>) -> Outcome {
        var value = JSONValue(text)
        while let step = rest.first {
            if value.kind == .string {
                return value.string?.document().map { .opened($0) } ?? .nothing
            }
            guard let next = try? Self.next(step, in: value) else { return .nothing }
            value = next
            rest.removeFirst()
        }
        let id = value.string?.decodedID() ?? value.number
        return id.map { .found($0) } ?? .nothing
    }

    private static func next(_ step: String, in value: JSONValue) throws(MalformedJSON) -> JSONValue? {
        switch value.kind {
        case .object:
            var members = value.members
            while let (name, value) = try members.next() {
                if name.matches(step) { return value }
            }
        case .array:
            guard let index = Int(step) else { return nil }
            var elements = value.elements
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
