/// Reader of a JSON object's members by Protobuf's JSON mapping: a missing or `null` member has the default value.
package struct JSONFields {
    private let object: JSONObject
    /// The object's path in the body, for error messages.
    package let path: String

    /// Wraps a JSON object.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - path: The value's path in the body, for error messages.
    /// - Throws: ``CollectorError`` when the value is not an object.
    package init(_ value: JSONValue, path: String) throws(CollectorError) {
        guard let object = value.object else {
            throw CollectorError(.malformed, "\(path) is \(value.kind) where an object belongs")
        }
        self.object = object
        self.path = path
    }

    /// The value of a member; `nil` when it is missing or `null`.
    package subscript(name: String) -> JSONValue? {
        let value = object[name]
        return value == .null ? nil : value
    }

    /// The names and values of all members that are not `null`.
    package var members: [JSONObject.Member] { object.members.filter { $0.value != .null } }

    /// Reads a string member; empty when it is missing.
    package func string(_ name: String) throws(CollectorError) -> String {
        guard let value = self[name] else { return "" }
        guard let string = value.string else { throw wrong(name, value, "a string") }
        return string
    }

    /// Reads an object member; `nil` when it is missing.
    package func fields(_ name: String) throws(CollectorError) -> JSONFields? {
        guard let value = self[name] else { return nil }
        return try JSONFields(value, path: "\(path).\(name)")
    }

    /// Reads a member that is a list of objects; each has its path.
    package func list(_ name: String) throws(CollectorError) -> [JSONFields] {
        guard let value = self[name] else { return [] }
        guard let array = value.array else { throw wrong(name, value, "an array") }
        var list: [JSONFields] = []
        for (index, element) in array.enumerated() {
            list.append(try JSONFields(element, path: "\(path).\(name)[\(index)]"))
        }
        return list
    }

    /// Reads an unsigned 64-bit integer: a string of digits, or a number.
    package func uint64(_ name: String) throws(CollectorError) -> UInt64 {
        guard let value = self[name] else { return 0 }
        guard let number = value.string.flatMap({ UInt64($0) }) ?? value.number?.uint64 else {
            throw wrong(name, value, "a whole number")
        }
        return number
    }

    /// Reads an enum case: its number (the standard dialect) or its name (HoneyHive's dialect).
    ///
    /// An unknown number gives the default, because later versions of the schema may add cases; an unknown name is an
    /// error.
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

    /// Creates the error for a member of the wrong type.
    package func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> CollectorError {
        let shown = value.text.count <= 60 ? value.text : value.kind
        return CollectorError(.malformed, "\(path).\(name) is \(shown) where \(expected) belongs")
    }
}

extension JSONValue {
    /// Parses the body of a request.
    ///
    /// - Parameters:
    ///   - body: The decompressed body.
    ///   - depthLimit: The limit of nested arrays and objects.
    /// - Throws: ``CollectorError`` when the body is not JSON.
    package init(body: [UInt8], depthLimit: Int = 128) throws(CollectorError) {
        do throws(JSONError) {
            try self.init(parsing: body, depthLimit: depthLimit)
        } catch {
            throw CollectorError(.malformed, "the body is not JSON: \(error)")
        }
    }
}
