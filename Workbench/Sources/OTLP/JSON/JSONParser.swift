/// Strict JSON parser (RFC 8259): no comments, no trailing commas, no unquoted names.
struct JSONParser {
    /// The limit of nested arrays and objects.
    ///
    /// Needed because the parser recurses and its input is untrusted.
    let depthLimit: Int

    let bytes: [UInt8]
    var position = 0
    private var depth = 0

    init(_ bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// Parses the entire text.
    mutating func parse() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try parseValue()
        skipSpace()
        guard position == bytes.count else { throw malformed("expected the end of the text") }
        return value
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        guard let byte = peek() else { throw truncated() }
        switch byte {
        case UInt8(ascii: "{"): return .object(try nested { parser throws(JSONError) in try parser.parseObject() })
        case UInt8(ascii: "["): return .array(try nested { parser throws(JSONError) in try parser.parseArray() })
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", as: .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", as: .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", as: .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
        default: throw malformed("expected a value")
        }
    }

    private mutating func nested<Value>(
        _ parse: (inout JSONParser) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        guard depth < depthLimit else {
            throw JSONError(.tooDeep, at: position, "more than \(depthLimit) nested arrays and objects")
        }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return try parse(&self)
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        var members: [JSONObject.Member] = []
        skipSpace()
        if take("}") { return JSONObject() }
        while true {
            skipSpace()
            guard let byte = peek() else { throw truncated() }
            guard byte == UInt8(ascii: "\"") else { throw malformed("expected a member's name in quotes") }
            let name = try parseString()
            skipSpace()
            try expect(":", "expected ':' after a member's name")
            skipSpace()
            members.append(JSONObject.Member(name: name, value: try parseValue()))
            skipSpace()
            if take("}") { return JSONObject(members) }
            try expect(",", "expected ',' or '}'")
        }
    }

    private mutating func parseArray() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return [] }
        while true {
            skipSpace()
            elements.append(try parseValue())
            skipSpace()
            if take("]") { return elements }
            try expect(",", "expected ',' or ']'")
        }
    }

    private mutating func parseWord(_ word: StaticString, as value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard let byte = peek() else { throw truncated() }
            guard byte == word.utf8Start[index] else { throw malformed("expected \(word)") }
            position += 1
        }
        return value
    }
}

// MARK: - Bytes

extension JSONParser {
    func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ scalar: Unicode.Scalar, _ reason: String) throws(JSONError) {
        guard position < bytes.count else { throw truncated() }
        guard take(scalar) else { throw malformed(reason) }
    }

    mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    func malformed(_ reason: String) -> JSONError { JSONError(.malformed, at: position, reason) }

    func truncated() -> JSONError { JSONError(.truncated, at: bytes.count, "the text ends in the middle of a value") }
}
