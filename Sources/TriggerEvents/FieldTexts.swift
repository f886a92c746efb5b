internal import WireText

/// The texts of a field whose value is a string, a number, a Boolean value, or a list of them; `null` has none.
///
/// Events of emulators and hand-written ones have numbers and Boolean values where AWS sends strings.
struct FieldTexts: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
        let source = JSONSource.source(of: decoder)
        guard var list = try? decoder.unkeyedContainer() else {
            texts = try Self.text(decoder.singleValueContainer(), source).map { [$0] } ?? []
            return
        }
        var texts: [String] = []
        while !list.isAtEnd {
            if let text = try Self.text(list.superDecoder().singleValueContainer(), source) { texts.append(text) }
        }
        self.texts = texts
    }

    private static func text(_ value: any SingleValueDecodingContainer, _ source: JSONSource?) throws -> String? {
        if value.decodeNil() { return nil }
        if let text = try? value.decode(String.self) { return text }
        if let flag = try? value.decode(Bool.self) { return String(flag) }
        if let number = source?.numberText(at: value.codingPath) { return number }
        if let number = try? value.decode(Int.self) { return String(number) }
        if let number = try? value.decode(Double.self) { return String(number) }
        // The error names the place and the type.
        return try value.decode(String.self)
    }
}

extension KeyedDecodingContainer {
    /// Decodes a field as its text.
    ///
    /// - Parameter key: The field's key.
    /// - Returns: The text; nil if the field is absent or `null`.
    /// - Throws: `DecodingError` with the field's path if the value is an object.
    func decodeTextIfPresent(forKey key: Key) throws -> String? {
        try decodeIfPresent(FieldTexts.self, forKey: key)?.texts.first
    }

    /// Decodes a required field as its text.
    ///
    /// - Parameter key: The field's key.
    /// - Returns: The text.
    /// - Throws: `DecodingError` with the field's path if the field is absent or an object.
    func decodeText(forKey key: Key) throws -> String {
        try decodeTextIfPresent(forKey: key) ?? decode(String.self, forKey: key)
    }

    /// Decodes an object with one text for each name; names with `null` are left out.
    ///
    /// - Parameter key: The object's key.
    /// - Returns: The texts; empty if the object is absent or `null`.
    /// - Throws: `DecodingError` with the field's path if the value has another form.
    func decodeTexts(forKey key: Key) throws -> [String: String] {
        let fields = try decodeIfPresent([String: FieldTexts].self, forKey: key) ?? [:]
        return fields.compactMapValues(\.texts.first)
    }
}

extension Decoder {
    /// Decodes an event that is a bare array of records: the form of EventBridge Pipes.
    ///
    /// - Returns: The records; nil if the event is not an array.
    /// - Throws: `DecodingError` with the field's path if a record does not match its type.
    func bareRecords<Record: Decodable>() throws -> [Record]? {
        guard (try? unkeyedContainer()) != nil else { return nil }
        return try [Record](from: self)
    }
}
