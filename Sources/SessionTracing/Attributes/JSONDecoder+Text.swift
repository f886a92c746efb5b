package import PlatformFoundation
internal import WireText

extension JSONDecoder {
    /// Decodes a value with default strategies, from text that a caller chose.
    ///
    /// Every text that JSON's grammar allows is decoded: where the text has lone surrogates or bytes that are not
    /// UTF-8, the value has U+FFFD. Types that depend on how a number is written find the text as ``JSONSource``.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - text: The JSON text.
    /// - Returns: The value.
    /// - Throws: `DecodingError`, or any other error of the type's own decoding.
    package static func decode<Value: Decodable>(_ type: Value.Type, fromText text: [UInt8]) throws -> Value {
        try decode(text) { text in
            let decoder = JSONDecoder()
            if let key = JSONSource.key { decoder.userInfo[key] = JSONSource(text) }
            return try decoder.decode(type, from: Data(text))
        }
    }

    /// Decodes a value as the static method of this name does, with this decoder's strategies, and without
    /// ``JSONSource``.
    package func decode<Value: Decodable>(_ type: Value.Type, fromText text: [UInt8]) throws -> Value {
        try Self.decode(text) { try decode(type, from: Data($0)) }
    }

    /// Only a text that was refused is searched for what to repair, so that others cost nothing.
    private static func decode<Value>(_ text: [UInt8], _ decode: ([UInt8]) throws -> Value) throws -> Value {
        do {
            return try decode(text)
        } catch {
            guard let repaired = JSONRepair.repaired(text) else { throw error }
            return try decode(repaired)
        }
    }
}
