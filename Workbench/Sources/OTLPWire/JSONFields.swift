package import WireJSON

/// Reads the members of a JSON object as Protobuf's JSON mapping has them: what is missing or `null` is the default.
package struct JSONFields {
    private let object: JSONObject
    /// Where the object stands in the body, for error messages.
    package let path: String

    /// Takes a value that must be an object.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - path: Where it stands in the body, for error messages.
    /// - Throws: ``CollectorError`` when it is none.
    package init(_ value: JSONValue, path: String) throws(CollectorError) {
        guard let object = value.object else {
            throw CollectorError(.malformed, "\(path) is \(value.kind) where an object belongs")
        }
        self.object = object
        self.path = path
    }

    /// A member that is there and is not `null`.
    package subscript(name: String) -> JSONValue? {
        let value = object[name]
        return value == .null ? nil : value
    }

    /// The names and values of all members that are not `null`.
    package var members: [JSONObject.Member] { object.members.filter { $0.value != .null } }

    /// A member that is a string; empty when it is missing.
    package func string(_ name: String) throws(CollectorError) -> String {
        guard let value = self[name] else { return "" }
        guard let string = value.string else { throw wrong(name, value, "a string") }
        return string
    }

    /// A member that is an object; `nil` when it is missing.
    package func fields(_ name: String) throws(CollectorError) -> JSONFields? {
        guard let value = self[name] else { return nil }
        return try JSONFields(value, path: "\(path).\(name)")
    }

    /// A member that is a list of objects, each with its place.
    package func list(_ name: String) throws(CollectorError) -> [JSONFields] {
        guard let value = self[name] else { return [] }
        guard let array = value.array else { throw wrong(name, value, "an array") }
        var list: [JSONFields] = []
        for (index, element) in array.enumerated() {
            list.append(try JSONFields(element, path: "\(path).\(name)[\(index)]"))
        }
        return list
    }

    /// A 64-bit number without a sign: a string of digits, or a number.
    package func uint64(_ name: String) throws(CollectorError) -> UInt64 {
        guard let value = self[name] else { return 0 }
        guard let number = value.string.flatMap({ UInt64($0) }) ?? value.number?.uint64 else {
            throw wrong(name, value, "a whole number")
        }
        return number
    }

    /// An enum's case: its number (the standard dialect) or its name (HoneyHive's).
    ///
    /// An unknown number is the default, as later versions of the schema may add cases; an unknown name is an error.
    func enumCase<Case>(
        _ name: String,
        _ cases: [(name: String, case: Case)],
        default: Case
    ) throws(CollectorError) -> Case {
        guard let value = self[name] else { return `default` }
        if let number = value.number?.int64 {
            return cases.indices.contains(Int(clamping: number)) ? cases[Int(clamping: number)].case : `default`
        }
        guard let text = value.string, let match = cases.first(where: { $0.name == text }) else {
            throw wrong(name, value, "an enum's number or name")
        }
        return match.case
    }

    /// The error of a member that is of another type.
    package func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> CollectorError {
        let shown = value.text.count <= 60 ? value.text : value.kind
        return CollectorError(.malformed, "\(path).\(name) is \(shown) where \(expected) belongs")
    }
}

extension JSONValue {
    /// Parses the body of a request.
    ///
    /// - Parameters:
    ///   - body: The unpacked body.
    ///   - depthLimit: The levels of nesting beyond which it is refused.
    /// - Throws: ``CollectorError`` when it is not JSON.
    package init(body: [UInt8], depthLimit: Int = 128) throws(CollectorError) {
        do throws(JSONError) {
            try self.init(parsing: body, depthLimit: depthLimit)
        } catch {
            throw CollectorError(.malformed, "the body is not JSON: \(error)")
        }
    }
}
