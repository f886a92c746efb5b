package import WireText

extension AttributeValue {
    /// The number of levels of objects and arrays that a JSON text may have, as for `JSONDecoder`.
    package static let maximumJSONDepth = 512

    /// Parses JSON text.
    ///
    /// A number is a ``double(_:)`` if it is written with a point or an exponent, otherwise an ``int(_:)``; one that
    /// neither holds as it is written is a ``string(_:)``. Lone surrogates become U+FFFD. Of several members with the
    /// same name, the first is used, as by `JSONDecoder`.
    ///
    /// - Parameter text: The text; a byte order mark is skipped.
    /// - Throws: ``MalformedJSON`` with the position of the first error.
    package init(json text: UnsafeBufferPointer<UInt8>) throws(MalformedJSON) {
        let parser = ExactJSONParser(text: text)
        self = try parser.parse()
    }

    /// Parses JSON text, as `init(json:)` of a buffer does.
    package init(json text: [UInt8]) throws(MalformedJSON) {
        let parsed: Result<AttributeValue, MalformedJSON> = text.withUnsafeBufferPointer { text in
            do throws(MalformedJSON) {
                return .success(try AttributeValue(json: text))
            } catch {
                return .failure(error)
            }
        }
        self = try parsed.get()
    }
}

/// Builds a value from the reader's items, and validates what the reader does not: literals, numbers, strings, depth.
private struct ExactJSONParser {
    let text: UnsafeBufferPointer<UInt8>

    func parse() throws(MalformedJSON) -> AttributeValue {
        switch JSONValue(text) {
        case .object(var reader):
            let members = try object(&reader, depth: 1)
            guard reader.isAtEndOfText() else { throw MalformedJSON(atByte: reader.byteOffset) }
            return members
        case .array(var reader):
            let elements = try array(&reader, depth: 1)
            guard reader.isAtEndOfText() else { throw MalformedJSON(atByte: reader.byteOffset) }
            return elements
        case .string(let text): return .string(try string(text))
        case .scalar(let text): return try scalar(text)
        }
    }

    private func object(_ reader: inout JSONReader, depth: Int) throws(MalformedJSON) -> AttributeValue {
        try check(depth, at: reader)
        var members: [String: AttributeValue] = [:]
        while let (name, value) = try reader.nextMember() {
            let name = try string(name)
            let value = try parse(value, in: &reader, depth: depth + 1)
            if members[name] == nil { members[name] = value }
        }
        return .dictionary(members)
    }

    private func array(_ reader: inout JSONReader, depth: Int) throws(MalformedJSON) -> AttributeValue {
        try check(depth, at: reader)
        var elements: [AttributeValue] = []
        while let value = try reader.nextElement() {
            elements.append(try parse(value, in: &reader, depth: depth + 1))
        }
        return .array(elements)
    }

    private func parse(
        _ value: JSONValue,
        in outer: inout JSONReader,
        depth: Int
    ) throws(MalformedJSON) -> AttributeValue {
        switch value {
        case .object(var reader):
            let members = try object(&reader, depth: depth)
            outer.resume(behind: reader)
            return members
        case .array(var reader):
            let elements = try array(&reader, depth: depth)
            outer.resume(behind: reader)
            return elements
        case .string(let text): return .string(try string(text))
        case .scalar(let text): return try scalar(text)
        }
    }

    private func check(_ depth: Int, at reader: JSONReader) throws(MalformedJSON) {
        guard depth <= AttributeValue.maximumJSONDepth else { throw MalformedJSON(.depth, atByte: reader.byteOffset) }
    }

    private func string(_ string: JSONText) throws(MalformedJSON) -> String {
        // Control characters must be escaped.
        if let index = string.content.firstIndex(where: { $0 < 0x20 }) {
            throw MalformedJSON(atByte: offset(of: string.content) + index)
        }
        guard let decoded = string.decoded(maximumBytes: .max) else {
            throw MalformedJSON(atByte: offset(of: string.content))
        }
        return decoded
    }

    private func scalar(_ scalar: UnsafeBufferPointer<UInt8>) throws(MalformedJSON) -> AttributeValue {
        // Only a scalar that is the whole text has white space around it.
        let trimmed = UnsafeRawBufferPointer(scalar).trimmingSpace()
        if trimmed.elementsEqual("true".utf8) { return .bool(true) }
        if trimmed.elementsEqual("false".utf8) { return .bool(false) }
        if trimmed.elementsEqual("null".utf8) { return .null }
        let number = trimmed.withMemoryRebound(to: UInt8.self) { JSONNumber($0) }
        switch number {
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .decimal(let text): return .string(text)
        case nil: throw MalformedJSON(atByte: trimmed.isEmpty ? text.count : offset(of: scalar))
        }
    }

    private func offset(of part: UnsafeBufferPointer<UInt8>) -> Int {
        guard let start = text.baseAddress, let position = part.baseAddress else { return 0 }
        return position - start
    }
}
