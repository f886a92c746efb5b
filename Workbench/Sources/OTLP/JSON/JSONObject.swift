/// The members of a JSON object, in their original order.
package struct JSONObject: Sendable, Hashable {
    /// A name and its value.
    package struct Member: Sendable, Hashable {
        /// The member's name.
        package let name: String
        /// The member's value.
        package var value: JSONValue

        /// Creates a member.
        ///
        /// - Parameters:
        ///   - name: The member's name.
        ///   - value: The member's value.
        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members, in order.
    ///
    /// A name occurs twice when the text repeats it.
    package private(set) var members: [Member]

    /// Creates an object.
    ///
    /// - Parameter members: The members, in order.
    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// Adds members whose names are new.
    mutating func append(_ added: [Member]) {
        members += added
    }

    /// Accesses the value of a name; for a repeated name, the last value, as in most parsers.
    ///
    /// Setting a value keeps the position of the name's first member and removes its others; a new name is appended.
    /// Setting `nil` removes the name.
    ///
    /// - Parameter name: The member's name.
    /// - Returns: The value, or `nil` when there is no such member.
    package subscript(name: String) -> JSONValue? {
        get { members.last { $0.name == name }?.value }
        set {
            guard let newValue else {
                members.removeAll { $0.name == name }
                return
            }
            guard let index = members.firstIndex(where: { $0.name == name }) else {
                members.append(Member(name: name, value: newValue))
                return
            }
            members[index].value = newValue
            let rest = members[(index + 1)...].filter { $0.name != name }
            members.replaceSubrange((index + 1)..., with: rest)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Creates an object whose members are in the order of the literal.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Member(name: $0.0, value: $0.1) })
    }
}
