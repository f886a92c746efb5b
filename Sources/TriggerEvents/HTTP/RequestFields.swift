internal import WireText

/// Header fields of which one value is meant.
private enum RequestFields {
    /// The fields of a caller's session and span; a gateway joins the values of one that was sent twice.
    private static let singleValued: Set = ["traceparent", "x-honeyhive-session-id", "x-session-id"]

    /// Returns the values that a gateway has joined with commas; of any other field, the text, because a comma can be a
    /// part of it.
    static func parts(of text: String, in name: String) -> [String] {
        guard singleValued.contains(name), text.utf8.contains(UInt8(ascii: ",")) else { return [text] }
        return text.split(separator: ",").map { String($0).trimmingSpace() }.filter { !$0.isEmpty }
    }
}

/// Reading of the parts that all HTTP-shaped events have: headers, query and body.
extension KeyedDecodingContainer {
    /// Decodes names with their values from the two forms in which events give them: with one value for each name, and
    /// with all values.
    ///
    /// A name is read from the form with all its values if that has it, otherwise from the other. The names are sorted,
    /// because the members of a JSON object have no order.
    ///
    /// - Parameters:
    ///   - single: The key of the form with one value for each name.
    ///   - multiple: The key of the form with all values; nil if the event has no such form.
    ///   - ignoresCase: True if names match in any case.
    ///   - transform: Converts each name and value.
    /// - Returns: The names and values.
    /// - Throws: `DecodingError` with the field's path if a value is an object.
    func decodeFields(
        _ single: Key,
        _ multiple: Key?,
        ignoresCase: Bool,
        _ transform: (String) -> String = { $0 }
    ) throws -> NamedValues {
        var result = NamedValues(ignoresCase: ignoresCase)
        var known: Set<String> = []
        for key in [multiple, single].compactMap(\.self) {
            let fields = try decodeIfPresent([String: FieldTexts].self, forKey: key) ?? [:]
            var added: [String] = []
            for (name, field) in fields.sorted(by: { $0.key < $1.key }) {
                let identity = ignoresCase ? name.lowercased() : name
                guard !known.contains(identity), !field.texts.isEmpty else { continue }
                added.append(identity)
                for text in ignoresCase
                    ? field.texts.flatMap({ RequestFields.parts(of: $0, in: identity) }) : field.texts
                {
                    result.append(name: transform(name), value: transform(text))
                }
            }
            known.formUnion(added)
        }
        return result
    }

    /// Decodes a body.
    ///
    /// - Parameters:
    ///   - body: The key of the body's text.
    ///   - isBase64Encoded: The key of the mark that the text is base64.
    /// - Returns: The bytes; empty without a body.
    /// - Throws: `DecodingError` with the field's path if the body is no string, or marked and not valid base64.
    func decodeBody(_ body: Key, _ isBase64Encoded: Key) throws -> [UInt8] {
        guard let text = try decodeIfPresent(String.self, forKey: body) else { return [] }
        guard try decodeTextIfPresent(forKey: isBase64Encoded) == "true" else { return Array(text.utf8) }
        return try [UInt8](base64: text, at: codingPath + [body])
    }
}
