internal import WireText

extension KeyedDecodingContainer {
    /// Decodes a base64 string as bytes.
    ///
    /// - Parameter key: The key of the string.
    /// - Returns: The decoded bytes.
    /// - Throws: `DecodingError.dataCorrupted` with the field's path if the string is not valid base64.
    func decodeBase64(forKey key: Key) throws -> [UInt8] {
        try [UInt8](base64: decode(String.self, forKey: key), at: codingPath + [key])
    }
}

extension [UInt8] {
    init(base64 text: String, at path: [any CodingKey]) throws {
        guard let bytes = Base64.decode(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: "it is not valid base64"))
        }
        self = bytes
    }
}
