internal import FoundationEssentials

extension KeyedDecodingContainer {
    /// Reads bytes that stand as base64.
    ///
    /// - Throws: `DecodingError.dataCorrupted`, which names the field, when they are no base64.
    func decodeBase64(forKey key: Key) throws -> [UInt8] {
        try [UInt8](base64: decode(String.self, forKey: key), at: codingPath + [key])
    }
}

extension [UInt8] {
    init(base64 text: String, at path: [any CodingKey]) throws {
        guard let data = Data(base64Encoded: text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: "it is not valid base64"))
        }
        self = Array(data)
    }
}
