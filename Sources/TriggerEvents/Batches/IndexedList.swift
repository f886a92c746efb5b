/// A list that is an array, or an object with the elements' indices as names, as some emulators write it.
struct IndexedList<Element: Decodable>: Decodable {
    let elements: [Element]

    init(from decoder: any Decoder) throws {
        if let elements: [Element] = try decoder.bareRecords() {
            self.elements = elements
            return
        }
        let members = try decoder.singleValueContainer().decode([String: Element].self)
        elements = members.sorted { Int($0.key) ?? .max < Int($1.key) ?? .max }.map(\.value)
    }
}

/// The bytes of a header's value: a list of numbers, signed or unsigned, which may be strings; or a text.
struct ByteText: Decodable {
    let bytes: [UInt8]

    private enum Key: String, CodingKey { case bytes }

    init(from decoder: any Decoder) throws {
        // RabbitMQ's value is an object with the list in it.
        if let object = try? decoder.container(keyedBy: Key.self), object.contains(.bytes) {
            bytes = try object.decode(ByteText.self, forKey: .bytes).bytes
            return
        }
        if let list = try? IndexedList<FieldTexts>(from: decoder) {
            bytes = try list.elements.map { element in
                guard let number = element.texts.first.flatMap({ Int($0) }), (-128...255).contains(number) else {
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "it is not a list of bytes")
                    )
                }
                return UInt8(truncatingIfNeeded: number)
            }
            return
        }
        bytes = try Array((FieldTexts(from: decoder).texts.first ?? "").utf8)
    }
}

extension KeyedDecodingContainer {
    /// Decodes an integer that may be written as a string.
    ///
    /// - Parameter key: The field's key.
    /// - Returns: The integer.
    /// - Throws: `DecodingError` with the field's path if the field is absent or no integer.
    func decodeInteger(forKey key: Key) throws -> Int {
        if let number = try Int(decodeText(forKey: key)) { return number }
        throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "it is not an integer")
    }

    /// Decodes a base64 string as bytes.
    ///
    /// - Parameter key: The key of the string.
    /// - Returns: The bytes; nil if the field is absent or `null`.
    /// - Throws: `DecodingError` with the field's path if the string is not valid base64.
    func decodeBase64IfPresent(forKey key: Key) throws -> [UInt8]? {
        try decodeIfPresent(String.self, forKey: key) == nil ? nil : decodeBase64(forKey: key)
    }
}
