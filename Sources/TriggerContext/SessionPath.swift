internal import WireText

/// A function's configured path of the session id in its events, such as `detail.conversation.id`.
package struct SessionPath: Sendable, Hashable {
    /// The member names and element indices, outermost first.
    package let steps: [String]

    /// The maximum number of steps: each step may scan the whole value found by the previous one.
    package static let maximumStepCount = 16

    /// Parses a path; nil if a step is empty or there are over 16.
    ///
    /// - Parameter text: Keys and array indices, separated by dots; in a list of objects with `name` and `value`, a name.
    package init?(_ text: String) {
        let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard steps.count <= Self.maximumStepCount, !steps.contains("") else { return nil }
        self.steps = steps
    }

    /// Returns the value at the path.
    ///
    /// A string within the path, such as an HTTP body, is parsed as JSON text.
    ///
    /// - Parameter event: The event.
    /// - Returns: The text of the string or number at the path.
    func find(in event: JSONValue) -> FieldText {
        var texts = NestedText()
        var value = event
        var openedCount = 0
        for step in steps {
            // JSON text may be encoded as a string several times.
            while let string = value.string {
                guard openedCount < Self.maximumStepCount, let document = texts.open(string, at: openedCount % 2)
                else { return .absent }
                openedCount += 1
                value = JSONValue(document)
            }
            guard let next = try? Self.next(step, in: value) else { return .absent }
            value = next
        }
        return (try? FieldForm.plain.text(value)) ?? .absent
    }

    /// Returns the value of the first element with the name, in a list of objects with `name` and `value`.
    private static func named(_ name: String, in elements: JSONReader) throws(MalformedJSON) -> JSONValue? {
        let name = name.lowercased()
        var elements = elements
        while let element = try elements.nextElement() {
            if try element.member("name")?.text?.lowercased() == name { return try element.member("value") }
        }
        return nil
    }

    private static func next(_ step: String, in value: JSONValue) throws(MalformedJSON) -> JSONValue? {
        switch value {
        case .object(var members):
            while let (name, value) = try members.nextMember() {
                if name.matches(step) { return value }
            }
        case .array(var elements):
            guard let index = Int(step) else { return try named(step, in: elements) }
            var count = 0
            while let element = try elements.nextElement() {
                if count == index { return element }
                count += 1
            }
        default: break
        }
        return nil
    }
}
